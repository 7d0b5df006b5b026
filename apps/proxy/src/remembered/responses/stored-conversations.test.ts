import { createUuidV7 } from '@aggregator/service-kit';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { chunkEvent } from '../../testing/scripted-upstream.ts';
import { streamEnd } from '../../testing/start-scripted-world.ts';
import { createPrincipal, startWorld, type World } from '../../testing/start-world.ts';

const path = '/v1/conversations';
const model = 'scripted-model';
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => say('TOPAZ'));

/** The provider's next answer, plain or streamed. */
function say(content: string): void {
  world.scripted.answer = (_request, response) => {
    if (world.scripted.lastBody.includes('"stream":true')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(chunkEvent(content) + streamEnd);
      return;
    }
    const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }];
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model, choices, usage }));
  };
}

async function call(method: string, url: string, body?: object, principal = world.principal) {
  const headers = { ...(await world.headers(createUuidV7(), principal)), 'content-type': 'application/json' };
  const answer = await fetch(`${world.url}${url}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return { status: answer.status, text: await answer.text() };
}

async function read(...request: Parameters<typeof call>) {
  const { status, text } = await call(...request);
  expect({ status, text }).toMatchObject({ status: 200 });
  return JSON.parse(text);
}

const user = (content: string) => ({ type: 'message', role: 'user', content });
const rolesOf = ({ data }: { data: { role: string }[] }) => data.map(({ role }) => role);

describe('a conversation', () => {
  it('is made, read, changed and deleted as OpenAI has it', async () => {
    const made = await read('POST', path, { metadata: { topic: 'a' }, items: [user('one')] });
    expect(made).toEqual({
      id: expect.stringMatching(/^conv_[0-9a-f]{48}$/),
      object: 'conversation',
      created_at: expect.any(Number),
      metadata: { topic: 'a' },
    });
    const own = `${path}/${made.id}`;
    expect(await read('POST', own, { metadata: { topic: 'b' } })).toEqual({ ...made, metadata: { topic: 'b' } });
    const added = await read('POST', `${own}/items`, { items: [user('two'), user('three')] });
    expect(added).toMatchObject({ object: 'list', has_more: false, first_id: added.data[0].id });
    expect(added.data[1]).toMatchObject({ content: [{ type: 'input_text', text: 'three' }] });
    const listed = await read('GET', `${own}/items?order=asc&limit=2`);
    expect(listed).toMatchObject({ has_more: true, last_id: added.data[0].id });
    const item = `${own}/items/${listed.last_id}`;
    expect(await read('GET', item)).toEqual(added.data[0]);
    expect(await read('DELETE', item)).toMatchObject({ id: made.id, metadata: { topic: 'b' } });
    expect((await call('GET', item)).status).toBe(404);
    expect((await read('GET', `${own}/items`)).data).toHaveLength(2);
    expect(await read('DELETE', own)).toEqual({ id: made.id, object: 'conversation.deleted', deleted: true });
    for (const method of ['GET', 'DELETE']) expect((await call(method, own)).status).toBe(404);
  });

  it.each([false, true])('grows by each turn of a response, streamed: %s', async (stream) => {
    const { id } = await read('POST', path, { items: [user('Be short.')] });
    for (const [at, conversation] of [id, { id }].entries()) {
      const { status, text } = await call('POST', '/v1/responses', {
        model,
        stream,
        conversation,
        input: `turn ${at}`,
      });
      expect(status).toBe(200);
      expect(text).toContain(`"conversation":{"id":"${id}"}`);
      const items = async () => rolesOf(await read('GET', `${path}/${id}/items`)).length;
      await waitFor(async () => (await items()) === 3 + 2 * at, { describe: `turn ${at}` });
    }
    const sent = JSON.parse(world.scripted.lastBody).messages.map(({ content }: { content: unknown }) => content);
    expect(sent).toEqual(['Be short.', 'turn 0', 'TOPAZ', 'turn 1']);
    expect(rolesOf(await read('GET', `${path}/${id}/items?order=asc`))).toEqual([
      ...['user', 'user', 'assistant', 'user', 'assistant'],
    ]);
  });

  it('has all items that are added at the same time', async () => {
    const { id } = await read('POST', path, {});
    await Promise.all(
      Array.from({ length: 10 }, (_none, at) => read('POST', `${path}/${id}/items`, { items: [user(`item ${at}`)] })),
    );
    expect((await read('GET', `${path}/${id}/items`)).data).toHaveLength(10);
  });

  it('is unknown to every other caller (I17)', async () => {
    const { id } = await read('POST', path, { items: [user('one')] });
    const [item] = (await read('GET', `${path}/${id}/items`)).data;
    for (const other of [createPrincipal(), createPrincipal({ ...world.principal, keyId: createUuidV7() })]) {
      for (const [method, part, body] of [
        ['GET', ''],
        ['POST', '', { metadata: {} }],
        ['DELETE', ''],
        ['GET', '/items'],
        ['POST', '/items', { items: [user('x')] }],
        ['GET', `/items/${item.id}`],
        ['DELETE', `/items/${item.id}`],
      ] as const) {
        expect((await call(method, `${path}/${id}${part}`, body, other)).status).toBe(404);
      }
      expect((await call('POST', '/v1/responses', { model, input: 'x', conversation: id }, other)).status).toBe(404);
    }
    expect((await read('GET', `${path}/${id}/items`)).data).toEqual([item]);
  });

  it.each([
    ['more than 20 items', { items: Array.from({ length: 21 }, () => user('x')) }, 'items'],
    [
      'more than 16 pairs',
      { metadata: Object.fromEntries(Array.from({ length: 17 }, (_n, at) => [at, 'x'])) },
      'metadata',
    ],
  ])('is rejected with %s', async (_name, body, param) => {
    const { status, text } = await call('POST', path, body);
    expect({ status, param: JSON.parse(text).error.param }).toEqual({ status: 400, param });
  });

  it('is rejected where it would not be kept whole', async () => {
    const { id } = await read('POST', path, {});
    for (const [more, param] of [
      [{ store: false }, 'conversation'],
      [{ previous_response_id: 'resp_1' }, 'conversation'],
    ] as const) {
      const { status, text } = await call('POST', '/v1/responses', { model, input: 'x', conversation: id, ...more });
      expect({ status, param: JSON.parse(text).error.param }).toEqual({ status: 400, param });
    }
    const long = { items: [user('x'.repeat(750_000))] };
    expect((await call('POST', `${path}/${id}/items`, long)).status).toBe(413);
    expect((await read('GET', `${path}/${id}/items`)).data).toEqual([]);
  });
});
