import { createUuidV7 } from '@aggregator/service-kit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openStream } from '../../testing/sse-client.ts';
import { createPrincipal, startWorld, type World } from '../../testing/start-world.ts';

const path = '/v1/responses';
const model = 'scripted-model';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

/** The provider's next answer, plain or streamed. */
function say(content: string): void {
  const head = { id: 'chatcmpl-1', created: 1, model };
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
  world.scripted.answer = (_request, response) => {
    const message = { role: 'assistant', content };
    if (!world.scripted.lastBody.includes('"stream":true')) {
      const choices = [{ index: 0, message, finish_reason: 'stop' }];
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ ...head, object: 'chat.completion', choices, usage }));
      return;
    }
    const chunks = [
      { ...head, choices: [{ index: 0, delta: message, finish_reason: null }] },
      { ...head, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
      { ...head, choices: [], usage },
    ];
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')}data: [DONE]\n\n`);
  };
}

async function call(method: string, url: string, principal = world.principal) {
  const headers = await world.headers(createUuidV7(), principal);
  const answer = await fetch(`${world.url}${url}`, { method, headers });
  return { status: answer.status, body: JSON.parse(await answer.text()) };
}

async function send(method: string, url: string, body: object, principal = world.principal) {
  const headers = { ...(await world.headers(createUuidV7(), principal)), 'content-type': 'application/json' };
  const answer = await fetch(`${world.url}${url}`, { method, headers, body: JSON.stringify(body) });
  return { status: answer.status, body: JSON.parse(await answer.text()) };
}

async function respond(fields: object, principal = world.principal, more: Record<string, string> = {}) {
  const headers = { ...(await world.headers(createUuidV7(), principal)), ...more };
  const client = await openStream(`${world.url}${path}`, headers, { model, ...fields });
  await client.over();
  const isStreamed = 'stream' in fields;
  const text = isStreamed ? client.events().at(-1) : client.text();
  const body = JSON.parse(text ?? '{}');
  return {
    status: client.status,
    body: isStreamed ? body.response : body,
    dropped: client.headers['x-aggregator-dropped-params'],
  };
}

describe.each([{}, { stream: true }])('a stored response, %j', (stream) => {
  it('is continued, read and deleted by its id', async () => {
    say('TOPAZ');
    const first = (await respond({ input: 'What is it?', ...stream })).body;
    say('RUBY');
    const second = (
      await respond({ input: [{ role: 'user', content: 'And?' }], previous_response_id: first.id, ...stream })
    ).body;

    expect(JSON.parse(world.scripted.lastBody).messages).toEqual([
      { role: 'user', content: 'What is it?' },
      { role: 'assistant', content: 'TOPAZ' },
      { role: 'user', content: 'And?' },
    ]);
    expect(first).toMatchObject({ store: true, previous_response_id: null });
    expect(second).toMatchObject({ store: true, previous_response_id: first.id });
    expect((await call('GET', `${path}/${second.id}`)).body).toEqual(second);
    const { data, has_more: hasMore } = (await call('GET', `${path}/${second.id}/input_items`)).body;
    expect({ hasMore, roles: data.map(({ role }: { role: string }) => role) }).toEqual({
      hasMore: false,
      roles: ['user', 'assistant', 'user'],
    });
    expect(data.every(({ id }: { id: unknown }) => typeof id === 'string')).toBe(true);
    expect(await call('POST', `${path}/${second.id}/cancel`)).toMatchObject({ status: 400 });
    expect(await call('GET', `${path}/${second.id}?stream=true`)).toMatchObject({ status: 400 });
    expect(data.at(-1)).toMatchObject({ content: [{ type: 'input_text', text: 'What is it?' }] });
    const page = (await call('GET', `${path}/${second.id}/input_items?order=asc&limit=1&after=${data.at(-1).id}`)).body;
    expect(page).toMatchObject({ data: [{ role: 'assistant' }], has_more: true });
    const wrong = await call('GET', `${path}/${second.id}/input_items?limit=0`);
    expect(wrong).toMatchObject({ status: 400, body: { error: { param: 'limit' } } });

    expect(await call('DELETE', `${path}/${first.id}`)).toEqual({
      status: 200,
      body: { id: first.id, object: 'response', deleted: true },
    });
    for (const method of ['GET', 'DELETE']) {
      expect(await call(method, `${path}/${first.id}`)).toMatchObject({
        status: 404,
        body: { error: { code: 'not_found' } },
      });
    }
    expect(await respond({ input: 'x', previous_response_id: first.id })).toMatchObject({
      status: 404,
      body: { error: { param: 'previous_response_id' } },
    });
  });

  it('is unknown to every other caller', async () => {
    say('TOPAZ');
    const { id } = (await respond({ input: 'hi', ...stream })).body;
    for (const other of [createPrincipal(), createPrincipal({ ...world.principal, keyId: createUuidV7() })]) {
      for (const [method, part] of [
        ['GET', ''],
        ['GET', '/input_items'],
        ['POST', '/cancel'],
        ['DELETE', ''],
      ] as const) {
        expect((await call(method, `${path}/${id}${part}`, other)).status).toBe(404);
      }
      expect((await respond({ input: 'x', previous_response_id: id }, other)).status).toBe(404);
    }
    expect((await call('GET', `${path}/${id}`)).status).toBe(200);
  });

  it('is none where the caller or the size forbids it, and the answer says so', async () => {
    say('TOPAZ');
    const refused = await respond({ input: 'hi', store: false, ...stream });
    const long = await respond({ input: 'x'.repeat(300_000), store: true, ...stream });
    const masked = await respond({ input: 'ann@example.org', store: true, ...stream }, world.principal, {
      'x-aggregator-privacy': 'mask',
    });

    expect(refused).toMatchObject({ body: { store: false }, dropped: undefined });
    for (const one of [long, masked]) expect(one).toMatchObject({ body: { store: false }, dropped: 'store' });
    for (const { body } of [refused, long, masked]) {
      expect((await call('GET', `${path}/${body.id}`)).status).toBe(404);
    }
  });
});

it('stores nothing for an organisation that has it off, and shows nothing of before', async () => {
  say('TOPAZ');
  const { id } = (await respond({ input: 'hi' })).body;
  const conversation = (await send('POST', '/v1/conversations', {})).body;
  const off = { ...world.principal, storesResponses: false };
  const answer = await respond({ input: 'hi', store: true }, off);
  expect(answer).toMatchObject({ body: { store: false }, dropped: 'store' });
  expect((await call('GET', `${path}/${answer.body.id}`)).status).toBe(404);
  expect((await call('GET', `${path}/${id}`, off)).status).toBe(404);
  expect((await call('GET', `/v1/conversations/${conversation.id}`, off)).status).toBe(404);
  expect((await send('POST', '/v1/conversations', {}, off)).status).toBe(400);
  for (const more of [{ background: true }, { previous_response_id: id }, { conversation: conversation.id }]) {
    expect((await respond({ input: 'hi', ...more }, off)).status).toBe('background' in more ? 400 : 404);
  }
});

it('stores nothing where the operator has it off', async () => {
  const off = await startWorld({ environment: { RESPONSES_STORE_HOURS: '0' } });
  const answer = await off.post(path, { model: 'mock/mock-small', input: 'hi' });
  const { id, store } = (await answer.json()) as { id: string; store: boolean };
  const found = await fetch(`${off.url}${path}/${id}`, { headers: await off.headers() });
  await found.arrayBuffer();
  await off.stop();

  expect({ store, status: found.status }).toEqual({ store: false, status: 404 });
});
