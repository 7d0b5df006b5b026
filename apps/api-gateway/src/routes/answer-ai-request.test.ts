import type { IncomingMessage, RequestListener } from 'node:http';
import { createApiKey, mockScriptHeader, peerHeader, principalHeader } from '@aggregator/contracts';
import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  answerJson,
  serve,
  startGateway,
  type TestGateway,
  type TestServer,
  validKey,
} from '../testing/start-gateway.ts';

const ask = { model: 'm', max_tokens: 10, messages: [{ role: 'user' as const, content: 'Hello' }] };
const key = validKey;
const refusedKey = createApiKey(Buffer.alloc(32, 2));

interface Seen {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage['headers'];
}

const seen: Seen[] = [];
const state: { gateway: TestGateway | null; proxy: TestServer | null } = { gateway: null, proxy: null };

/** A proxy that writes down what reaches it. */
const proxy: RequestListener = (request, response) => {
  seen.push({ method: request.method, url: request.url, headers: request.headers });
  request.resume();
  answerJson(response, { id: 'msg_1', type: 'message' });
};

beforeAll(async () => {
  state.proxy = await serve(proxy);
  state.gateway = await startGateway(state.proxy.url);
});

afterAll(async () => {
  await state.gateway?.stop();
  await state.proxy?.close();
});

const url = () => state.gateway?.url ?? '';
const createClient = (options: object) => new Anthropic({ apiKey: null, baseURL: url(), maxRetries: 0, ...options });

describe("an unmodified SDK of Anthropic's at the gateway", () => {
  it.each([
    ['as a bearer', { apiKey: key }],
    ['in x-api-key', { defaultHeaders: { 'x-api-key': key, authorization: null } }],
  ])('is let in with its key %s, and its version and betas reach the proxy', async (_name, options) => {
    const betas = {
      'anthropic-beta': 'a-2026-01-01',
      'openai-beta': 'x=v1',
      'x-session-id': 's-1',
      'idempotency-key': 'i-1',
    };
    const { data, request_id } = await createClient(options).messages.create(ask, { headers: betas }).withResponse();

    expect(data.id).toBe('msg_1');
    expect(request_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(seen.at(-1)).toMatchObject({
      url: '/v1/messages',
      headers: { ...betas, 'anthropic-version': expect.stringMatching(/^20/) },
    });
    expect(seen.at(-1)?.headers).not.toHaveProperty('x-api-key');
    expect(seen.at(-1)?.headers).not.toHaveProperty('authorization');
  });

  it('catches the class of the error, with our code and the id of the request', async () => {
    const thrown = createClient({ apiKey: refusedKey }).messages.create(ask);

    await expect(thrown).rejects.toBeInstanceOf(Anthropic.AuthenticationError);
    await expect(thrown).rejects.toMatchObject({
      type: 'authentication_error',
      errorCode: 'invalid_api_key',
      requestID: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });
});

describe('the gateway', () => {
  const post = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${url()}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
      body: '{}',
    });

  it.each([
    ['/proxy/openai/chat/completions', '/v1/proxy/openai/chat/completions'],
    ['/v1/proxy/openai/chat/completions', '/v1/proxy/openai/chat/completions'],
    ['/api/v1/responses', '/v1/responses'],
    ['/v1/messages/count_tokens?beta=true', '/v1/messages/count_tokens'],
    ['/v1/completions', '/v1/completions'],
    ['/v1/images/generations', '/v1/images/generations'],
  ])('forwards %s to the proxy as %s', async (path, canonical) => {
    expect((await post(path)).status).toBe(200);
    expect(seen.at(-1)?.url).toBe(canonical);
  });

  it.each([
    ['GET', '/v1/responses/resp_1'],
    ['DELETE', '/v1/responses/resp_1'],
    ['GET', '/v1/responses/resp_1/input_items'],
    ['POST', '/v1/responses/resp_1/cancel'],
  ])('forwards %s %s as it is', async (method, path) => {
    const answer = await fetch(`${url()}${path}`, { method, headers: { authorization: `Bearer ${key}` } });
    await answer.arrayBuffer();

    expect(answer.status).toBe(200);
    expect(seen.at(-1)).toMatchObject({ method, url: path });
  });

  it('drops headers of a client that name a principal, a peer or a script of the mock provider', async () => {
    const script = '{"faults":[{"kind":"Cut"}]}';
    await post('/v1/responses', { [principalHeader]: 'forged', [peerHeader]: 'forged', [mockScriptHeader]: script });

    expect(seen.at(-1)?.headers[principalHeader]).not.toBe('forged');
    expect(seen.at(-1)?.headers).not.toHaveProperty(peerHeader);
    expect(seen.at(-1)?.headers).not.toHaveProperty(mockScriptHeader);
  });

  it('answers strangers in the words of the surface that they ask', async () => {
    const stranger = { authorization: 'Bearer unknown' };

    expect(await (await post('/v1/responses', stranger)).json()).toMatchObject({ error: { code: 'invalid_api_key' } });
    expect(await (await post('/v1/messages', stranger)).json()).toMatchObject({
      type: 'error',
      error: { type: 'authentication_error', details: { error_code: 'invalid_api_key' } },
    });
  });
});

describe('A-F7: an error before a route is known', () => {
  const ask = async (path: string, method = 'GET') => {
    const answer = await fetch(`${url()}${path}`, { method, ...(method === 'POST' && { body: '{}' }) });
    return { status: answer.status, id: answer.headers.get('request-id'), body: await answer.json() };
  };

  it.each(['/v1/moderations', '/v1/files', '/api/v1/audio/speech', '/v1/chat/%2e%2e/x', '/v1/messagesx'])(
    'is OpenAI’s at %s',
    async (path) => {
      const { status, body } = await ask(path, 'POST');

      expect(status).toBe(404);
      expect(body).toEqual({
        error: { message: expect.any(String), type: 'not_found_error', param: null, code: 'not_found' },
      });
    },
  );

  it('is Anthropic’s under its path, with its header', async () => {
    const { status, id, body } = await ask('/v1/messages/batches');

    expect(status).toBe(404);
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(body).toMatchObject({ type: 'error', error: { type: 'not_found_error' }, request_id: id });
    expect((await ask(`/v1/messages?x=${'x'.repeat(9000)}`)).body).toMatchObject({ type: 'error' });
  });

  it.each(['/v1beta/models/gemini-2.5-flash:generateContent', '/v1alpha/models', '/api/v1beta/models'])(
    'is Google’s at %s, and says what serves its models (C-m5)',
    async (path) => {
      const { status, body } = await ask(path, 'POST');

      expect(status).toBe(404);
      expect(body).toEqual({
        error: { code: 404, message: expect.stringContaining('/v1/chat/completions'), status: 'NOT_FOUND' },
      });
    },
  );

  it('is a problem elsewhere', async () => {
    const answer = await fetch(`${url()}/nothing`);
    await answer.arrayBuffer();

    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });
});

describe('every answer of the gateway', () => {
  it.each([
    ['an answer of a proxy', 'POST', '/v1/messages', { authorization: `Bearer ${key}` }],
    ['a refusal', 'POST', '/v1/messages', {}],
    ['the welcome page', 'GET', '/', {}],
    ['an unknown address', 'GET', '/v1/nothing', {}],
    ['a management route', 'GET', '/v1/users/profile', {}],
  ])('says that its content type is what it is: %s', async (_name, method, path, headers) => {
    const body = method === 'POST' ? JSON.stringify(ask) : null;
    const answer = await fetch(`${url()}${path}`, {
      method,
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
    await answer.arrayBuffer();
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });
});
