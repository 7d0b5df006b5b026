import { randomBytes } from 'node:crypto';
import { createMemoryExpiringStore } from '@aggregator/expiring-store';
import { createUuidV7 } from '@aggregator/service-kit';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NativeWorld, startNativeWorld } from '../../testing/start-native-world.ts';
import { createPrincipal } from '../../testing/start-world.ts';
import { SealedRecords } from './sealed-records.ts';

const path = '/v1/responses';
const json = { 'content-type': 'application/json' };

let world: NativeWorld;
beforeAll(async () => {
  world = await startNativeWorld([
    { name: 'gpt', type: 'OpenAI', options: { api: 'responses' } },
    { name: 'custom', type: 'OpenAICompatible' },
  ]);
});
afterAll(() => world.stop());

const usage = { input_tokens: 3, output_tokens: 2, total_tokens: 5 };
/** As OpenAI gives them: no other request can guess the ids. */
const native = () => ({
  ...{
    id: `resp_${randomBytes(24).toString('hex')}`,
    object: 'response',
    created_at: 1,
    model: 'm',
    status: 'completed',
    store: false,
    usage,
  },
  output: [
    {
      type: 'message',
      id: `msg_${randomBytes(24).toString('hex')}`,
      role: 'assistant',
      content: [{ type: 'output_text', text: 'TOPAZ' }],
    },
  ],
});
const translated = () => ({
  ...{ id: 'c', object: 'chat.completion', created: 1, model: 'm' },
  choices: [{ index: 0, message: { role: 'assistant', content: 'TOPAZ' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
});

/** Methods of the stored state, as one caller has them. */
async function call(method: string, url: string, body?: object, principal = world.principal) {
  const headers = { ...(await world.headers(createUuidV7(), principal)), ...(body && json) };
  const answer = await fetch(`${world.url}${url}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return { status: answer.status, body: JSON.parse(await answer.text()) };
}

describe.each([
  ['native', 'gpt', native],
  ['translated', 'custom', translated],
] as const)('state of responses in the %s lane', (_lane, provider, answer) => {
  let release: () => void = () => undefined;
  const ask = (more: object, principal = world.principal) =>
    call('POST', path, { model: `${provider}/m`, input: 'What is it?', ...more }, principal);
  const answerNow = () => {
    world.upstream(provider).answer = (_request, response) =>
      void response.writeHead(200, json).end(JSON.stringify(answer()));
  };
  const answerLater = () => {
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    world.upstream(provider).answer = (_request, response) =>
      void released.then(() => response.writeHead(200, json).end(JSON.stringify(answer())));
  };
  const read = (id: string, part = '') => call('GET', `${path}/${id}${part}`);
  const until = (id: string, status: string) =>
    waitFor(async () => (await read(id)).body.status === status, { describe: `the status ${status}` });

  it('is read, continued, listed and deleted; the vendor keeps nothing', async () => {
    answerNow();
    const { body: first } = await ask({});
    await waitFor(async () => (await read(first.id)).status === 200, { describe: 'the response' });
    const { body: second } = await ask({ input: 'And?', previous_response_id: first.id });
    expect(second).toMatchObject({ store: true, previous_response_id: first.id });
    const sent = world.upstream(provider).lastBody;
    expect(sent).toContain('What is it?');
    expect(sent).not.toContain('previous_response_id');
    if (provider === 'gpt') expect(JSON.parse(sent).store).toBe(false);
    await waitFor(async () => (await read(second.id)).status === 200, { describe: 'the second response' });
    const { data } = (await read(second.id, '/input_items?order=asc')).body;
    expect(data.map(({ role }: { role: string }) => role)).toEqual(['user', 'assistant', 'user']);
    expect((await call('DELETE', `${path}/${first.id}`)).body).toMatchObject({ id: first.id, deleted: true });
    expect((await read(first.id)).status).toBe(404);
    expect((await ask({ previous_response_id: first.id })).status).toBe(404);
  });

  it('is made in the background, and cancelled', async () => {
    answerLater();
    const { body: made } = await ask({ background: true });
    const { body: stopped } = await ask({ background: true });
    expect([made.status, stopped.status]).toEqual(['queued', 'queued']);
    expect(await call('POST', `${path}/${stopped.id}/cancel`)).toMatchObject({ body: { status: 'cancelled' } });
    release();
    await until(made.id, 'completed');
    expect((await read(made.id)).body.output[0].content[0].text).toBe('TOPAZ');
    expect((await read(stopped.id)).body.status).toBe('cancelled');
    expect(world.upstream(provider).lastBody).not.toContain('"background"');
    await world.waitUntilNothingHeld();
  });

  it('grows a conversation by each turn', async () => {
    answerNow();
    const { body: conversation } = await call('POST', '/v1/conversations', {});
    const items = async () => (await call('GET', `/v1/conversations/${conversation.id}/items`)).body.data;
    await ask({ conversation: conversation.id });
    await waitFor(async () => (await items()).length === 2, { describe: 'the turn' });
    await ask({ input: 'And?', conversation: conversation.id });
    expect(world.upstream(provider).lastBody).toContain('TOPAZ');
    expect(world.upstream(provider).lastBody).not.toContain('"conversation"');
    await waitFor(async () => (await items()).length === 4, { describe: 'the second turn' });
  });

  it('is a 404 for every other tenant and key (I17), and off by the policy of an organisation', async () => {
    answerNow();
    const { body: own } = await ask({});
    const { body: conversation } = await call('POST', '/v1/conversations', {});
    await waitFor(async () => (await read(own.id)).status === 200, { describe: 'the response' });
    const off = { ...world.principal, storesResponses: false };
    for (const other of [createPrincipal(), { ...world.principal, keyId: createUuidV7() }, off]) {
      const tries = [
        call('GET', `${path}/${own.id}`, undefined, other),
        call('GET', `${path}/${own.id}/input_items`, undefined, other),
        call('POST', `${path}/${own.id}/cancel`, undefined, other),
        call('DELETE', `${path}/${own.id}`, undefined, other),
        call('GET', `/v1/conversations/${conversation.id}`, undefined, other),
        ask({ previous_response_id: own.id }, other),
        ask({ conversation: conversation.id }, other),
      ];
      expect((await Promise.all(tries)).map(({ status }) => status)).toEqual(Array(tries.length).fill(404));
    }
    const { body: unstored } = await ask({}, off);
    expect(unstored.store).toBe(false);
    expect((await read(own.id)).status).toBe(200);
  });
});

describe.each([false, true])('a response of a server whose ids can be guessed, streamed: %s', (stream) => {
  it('is not stored, and says so', async () => {
    const response = { ...native(), id: 'resp_12' };
    const events = [
      { type: 'response.created', response: { ...response, status: 'in_progress', output: [] } },
      { type: 'response.completed', response },
    ];
    world.upstream('gpt').answer = (_request, answer) => {
      if (!stream) return void answer.writeHead(200, json).end(JSON.stringify(response));
      answer.writeHead(200, { 'content-type': 'text/event-stream' });
      answer.end(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''));
    };
    const { text } = await world.send(path, JSON.stringify({ model: 'gpt/m', input: 'Hi', stream }));

    expect(text.match(/"store":\w+/g)).toEqual(Array(stream ? 2 : 1).fill('"store":false'));
    expect((await call('GET', `${path}/resp_12`)).status).toBe(404);
  });
});

describe('a stored response', () => {
  it('is gone after the hours that the installation keeps it', async () => {
    let nowMs = 0;
    const store = createMemoryExpiringStore({
      entriesMax: 10,
      bytesMax: 100_000,
      valueBytesMax: 100_000,
      now: () => nowMs,
    });
    const records = new SealedRecords(store, 'response', 3_600_000);
    const caller = createPrincipal();
    await records.write(caller, 'resp_1', { response: { id: 'resp_1' } });

    nowMs = 3_599_999;
    expect(await records.read(caller, 'resp_1')).not.toBeNull();
    nowMs = 3_600_001;
    expect(await records.read(caller, 'resp_1')).toBeNull();
  });
});
