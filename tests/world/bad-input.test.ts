import { request } from 'node:http';
import { openAiErrorBody } from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createManagementClient } from './management-client.ts';
import { startWorld, type World } from './start-world.ts';

const good = { model: 'mock-small', messages: [{ role: 'user', content: 'Hello' }] };
const json = (change: Record<string, unknown>) => JSON.stringify({ ...good, ...change });

describe('bad input on the chat route', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ REQUEST_BYTES_MAX: '100000' });
  });
  afterAll(() => world.destroy());

  async function post(body: string | Buffer, headers: Record<string, string> = {}) {
    const answer = await fetch(`${world.baseUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json', ...headers },
      body,
    });
    const parsed = openAiErrorBody.safeParse(await answer.json());
    return {
      status: answer.status,
      error: parsed.data?.error,
      requestId: answer.headers.get('x-request-id'),
      headers: answer.headers,
    };
  }

  /** Requests that were answered with 200, by their id: the only ones that may cost anything. */
  const answered: string[] = [];
  async function answerOf(body: string): Promise<string> {
    const answer = await fetch(`${world.baseUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
      body,
    });
    expect(answer.status).toBe(200);
    const requestId = answer.headers.get('x-request-id') ?? '';
    answered.push(requestId);
    return requestId;
  }

  const deep = (levels: number) => `{"model":"mock-small","messages":${'['.repeat(levels)}${']'.repeat(levels)}}`;

  it.each([
    ['an empty body', '', 400, 'invalid_json', null],
    ['text that is not JSON', 'hello', 400, 'invalid_json', null],
    ['truncated JSON', '{"model":"mock-small","messages":[', 400, 'invalid_json', null],
    ['a byte order mark', `\ufeff${json({})}`, 400, 'invalid_json', null],
    [
      'NaN',
      '{"model":"mock-small","temperature":NaN,"messages":[{"role":"user","content":"x"}]}',
      400,
      'invalid_json',
      null,
    ],
    ['nesting of 10,000 levels', deep(10_000), 400, 'invalid_json', null],
    ['a list', '[]', 400, 'invalid_json', null],
    ['an escaped NUL in an id', json({ user: 'a\u0000b' }), 400, 'invalid_value', 'user'],
    ['no model', json({ model: undefined }), 400, 'invalid_value', 'model'],
    ['an unknown model', json({ model: 'no-such-model' }), 404, 'model_not_found', 'model'],
    ['no messages', json({ messages: [] }), 400, 'invalid_value', 'messages'],
    [
      'a role that is none',
      json({ messages: [{ role: 'wizard', content: 'x' }] }),
      400,
      'invalid_value',
      'messages[0].role',
    ],
    ['messages of a wrong type', json({ messages: 'hello' }), 400, 'invalid_value', 'messages'],
    ['max_tokens of -1', json({ max_tokens: -1 }), 400, 'invalid_value', 'max_tokens'],
    ['max_tokens of 0', json({ max_tokens: 0 }), 400, 'invalid_value', 'max_tokens'],
    ['max_tokens of 1e308', json({ max_tokens: 1e308 }), 400, 'invalid_value', 'max_tokens'],
    ['max_tokens as text', json({ max_tokens: '10' }), 400, 'invalid_value', 'max_tokens'],
    ['a million choices', json({ n: 1_000_000 }), 400, 'invalid_value', 'n'],
    ['a temperature of 3', json({ temperature: 3 }), 400, 'invalid_value', 'temperature'],
    ['stream as text', json({ stream: 'yes' }), 400, 'invalid_value', 'stream'],
    [
      'an image from a file',
      json({
        messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'file:///etc/passwd' } }] }],
      }),
      400,
      'invalid_image_url',
      null,
    ],
    [
      'an image from the metadata service',
      json({
        messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'http://169.254.169.254/' } }] }],
      }),
      400,
      'invalid_image_url',
      null,
    ],
  ])('answers %s in the shape of OpenAI', async (_name, body, status, code, param) => {
    const answer = await post(body);

    expect(answer).toMatchObject({ status, error: { code, message: expect.any(String), type: expect.any(String) } });
    if (param !== null) expect(answer.error?.param).toBe(param);
    expect(answer.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers.get('x-should-retry')).toBe('false');
  });

  it('refuses a body over the limit by its length, and by what really comes', async () => {
    const large = json({ messages: [{ role: 'user', content: 'x'.repeat(100_001) }] });

    expect(await post(large)).toMatchObject({ status: 413, error: { code: 'request_too_large' } });
    expect(await postChunked(world, large)).toMatchObject({ status: 413, code: 'request_too_large' });
  });

  it('refuses other types and compressed bodies', async () => {
    expect(await post(json({}), { 'content-type': 'text/plain' })).toMatchObject({ status: 415 });
    expect(await post(json({}), { 'content-encoding': 'gzip' })).toMatchObject({ status: 415 });
  });

  it('gives the very same answer to no key, a malformed, a mistyped and an unknown one', async () => {
    const refused = await Promise.all(
      [
        '',
        'nonsense',
        `${world.apiKey.slice(0, -1)}${world.apiKey.endsWith('0') ? '1' : '0'}`,
        `agk_live_${'0'.repeat(49)}`,
      ].map((key) => post(json({}), { authorization: `Bearer ${key}` })),
    );

    expect(refused.map((answer) => answer.status)).toEqual([401, 401, 401, 401]);
    expect(new Set(refused.map((answer) => JSON.stringify(answer.error))).size).toBe(1);
    expect(refused[0]?.error).toMatchObject({ code: 'invalid_api_key', type: 'authentication_error' });
  });

  it('believes no header that a client made up', async () => {
    const forged = {
      'x-aggregator-principal': 'forged',
      'x-org-id': 'other',
      'x-request-id': '../../etc',
      authorization: 'Bearer nonsense',
    };

    expect(await post(json({}), forged)).toMatchObject({
      status: 401,
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it('changes no prototype and drops what would route elsewhere', async () => {
    const body = `{"__proto__":{"polluted":true},"api_base":"http://127.0.0.1:1","base_url":"http://127.0.0.1:1","api_key":"x",${json({}).slice(1)}`;
    await answerOf(body);

    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('rejects a path that is no route, in every spelling', async () => {
    for (const path of [
      '/v1/../internal/leases',
      '/internal/keys/verify',
      '/v1/chat%2Fcompletions',
      '//v1/models',
      '/v1/chat/completions/',
    ]) {
      expect({ path, status: await statusOf(world, path) }).toEqual({ path, status: 404 });
    }
    expect(await statusOf(world, '/v1/chat/completions')).toBe(405);
  });

  it('has charged only the one request that was answered, and holds nothing', async () => {
    const management = createManagementClient(world.baseUrl, world.apiKey);
    const charges = async () => (await management.transactions()).filter((row) => row.type === 'charge');

    const accepted = await answerOf(json({}));
    await waitFor(async () => (await charges()).some((row) => row.requestId === accepted), {
      describe: () => 'the good request to be charged',
    });

    expect(answered).toContain(accepted);
    expect((await charges()).map((row) => row.requestId).sort()).toEqual([...answered].sort());
    expect((await management.balance()).heldNanoUsd).toBe('0');
  });
});

function postChunked(world: World, body: string): Promise<{ status: number; code: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${world.baseUrl}/v1/chat/completions`,
      {
        method: 'POST',
        headers: {
          authorization: `Bearer ${world.apiKey}`,
          'content-type': 'application/json',
          'transfer-encoding': 'chunked',
        },
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, code: JSON.parse(text).error.code }));
      },
    );
    sent.on('error', reject);
    for (let from = 0; from < body.length; from += 16_384) sent.write(body.slice(from, from + 16_384));
    sent.end();
  });
}

/** The status of a GET with the path exactly as it is written; `fetch` would tidy it up first. */
function statusOf(world: World, path: string): Promise<number> {
  const { hostname, port } = new URL(world.baseUrl);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, headers: { authorization: `Bearer ${world.apiKey}` } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .once('error', reject)
      .end();
  });
}
