import { hash } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createMemoryAdmissionStore } from '@aggregator/admission';
import { createApiKey, type KeyVerdict, peerHeader, principalHeader } from '@aggregator/contracts';
import { createMemoryInvalidationChannel } from '@aggregator/invalidation';
import { type RunningService, startService } from '@aggregator/service-kit';
import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readApiGatewayConfig } from '../config.ts';
import type { ApiGatewayContext } from '../context.ts';
import { apiGatewayService } from '../index.ts';

const valid: KeyVerdict = {
  valid: true,
  principal: {
    orgId: '0193c5a0-0000-7000-8000-000000000001',
    userId: '0193c5a0-0000-7000-8000-000000000002',
    keyId: '0193c5a0-0000-7000-8000-000000000003',
    scopes: ['ai:invoke'],
    models: null,
    limits: { requestsPerMinute: null, tokensPerMinute: null, concurrentRequests: null },
  },
  expiresAt: null,
  allowedIps: null,
};
const ask = { model: 'm', max_tokens: 10, messages: [{ role: 'user' as const, content: 'Hello' }] };
const key = createApiKey(Buffer.alloc(32, 1));
const refusedKey = createApiKey(Buffer.alloc(32, 2));

interface Seen {
  url: string | undefined;
  headers: IncomingMessage['headers'];
}

const seen: Seen[] = [];
const servers: Server[] = [];
const state: { gateway: RunningService<ApiGatewayContext> | null } = { gateway: null };

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
}

const answerJson = (response: Parameters<RequestListener>[1], body: unknown) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

/** Auth as the gateway sees it: it knows one key. */
const auth: RequestListener = async (request, response) => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  if (request.url === '/internal/keys/epoch') answerJson(response, { epoch: 1 });
  else {
    const isKnown = Buffer.concat(parts)
      .toString()
      .includes(hash('sha256', key, 'hex'));
    answerJson(response, isKnown ? valid : { valid: false });
  }
};

/** A proxy that writes down what reaches it. */
const proxy: RequestListener = (request, response) => {
  seen.push({ url: request.url, headers: request.headers });
  request.resume();
  answerJson(response, { id: 'msg_1', type: 'message' });
};

beforeAll(async () => {
  const config = readApiGatewayConfig({
    PORT: '0',
    LOG_LEVEL: 'error',
    INTERNAL_SIGNING_KEY: Buffer.alloc(32, 7).toString('base64url'),
    AUTH_URL: await serve(auth),
    PROXY_URL: await serve(proxy),
  });
  state.gateway = await startService(apiGatewayService, config, {
    admission: createMemoryAdmissionStore(),
    invalidation: createMemoryInvalidationChannel(),
  });
});

afterAll(async () => {
  await state.gateway?.stop();
  for (const server of servers) server.closeAllConnections();
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
});

const url = () => state.gateway?.url ?? '';
const createClient = (options: object) => new Anthropic({ apiKey: null, baseURL: url(), maxRetries: 0, ...options });

describe("an unmodified SDK of Anthropic's at the gateway", () => {
  it.each([
    ['as a bearer', { apiKey: key }],
    ['in x-api-key', { defaultHeaders: { 'x-api-key': key, authorization: null } }],
  ])('is let in with its key %s, and its version and betas reach the proxy', async (_name, options) => {
    const betas = { 'anthropic-beta': 'a-2026-01-01', 'x-session-id': 's-1', 'idempotency-key': 'i-1' };
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

  it('lets nobody say who asks: that header is its own', async () => {
    await post('/v1/responses', { [principalHeader]: 'forged', [peerHeader]: 'forged' });

    expect(seen.at(-1)?.headers[principalHeader]).not.toBe('forged');
    expect(seen.at(-1)?.headers).not.toHaveProperty(peerHeader);
  });

  it('answers strangers in the words of the surface that they ask', async () => {
    const stranger = { authorization: 'Bearer nobody' };

    expect(await (await post('/v1/responses', stranger)).json()).toMatchObject({ error: { code: 'invalid_api_key' } });
    expect(await (await post('/v1/messages', stranger)).json()).toMatchObject({
      type: 'error',
      error: { type: 'authentication_error', details: { error_code: 'invalid_api_key' } },
    });
  });
});
