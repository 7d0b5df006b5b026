import { createUuidV7 } from '@aggregator/service-kit';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openStream } from '../../testing/sse-client.ts';
import { createPrincipal, startWorld, toSnapshot, type World } from '../../testing/start-world.ts';

const path = '/v1/chat/completions';
const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }];

/** Profiles of servers that want the text of their thoughts back. */
const textual = ['moonshot', 'deepseek', 'vllm'];
const withoutThoughts = '{"reasoningField":"none"}';

let world: World;
beforeAll(async () => {
  world = await startWorld();
  const snapshot = toSnapshot(world.mock.url, world.scripted.url, 2);
  const providers = snapshot.providers.flatMap((one) =>
    one.name === 'scripted'
      ? [
          { ...one, type: 'OpenRouter' as const },
          ...[...textual, withoutThoughts].map((profile) => ({
            ...one,
            type: 'OpenAICompatible' as const,
            name: profile === withoutThoughts ? 'thoughtless' : profile,
            options: { profile },
            models: one.models.map((model) => ({ ...model, id: 'm' })),
          })),
        ]
      : [one],
  );
  world.orchestrator.publish({ ...snapshot, providers });
  await waitFor(() => world.proxy.context.routing.index?.snapshot.version === 2, { describe: 'the model' });
});
afterAll(() => world.stop());

type Said = Readonly<Record<string, unknown>>;

/** The provider's next answer: a message, in one piece and as a stream, always with the same id. */
function say(message: Said): void {
  const head = { id: 'chatcmpl-1', created: 1, model: 'scripted-model' };
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
  world.scripted.answer = (_request, response) => {
    if (!world.scripted.lastBody.includes('"stream":true')) {
      const choices = [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: 'tool_calls' }];
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ ...head, object: 'chat.completion', choices, usage }));
      return;
    }
    const calls = Array.isArray(message.tool_calls) ? message.tool_calls : [];
    const tool_calls = calls.map((call: object, index) => ({ index, ...call }));
    const chunks = [
      { ...head, choices: [{ index: 0, delta: { role: 'assistant', ...message, tool_calls }, finish_reason: null }] },
      { ...head, choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
      { ...head, choices: [], usage },
    ];
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')}data: [DONE]\n\n`);
  };
}

const thoughtOf = (text: string, more: object = {}) => ({
  reasoning: text,
  reasoning_details: [{ type: 'reasoning.text', text, index: 0, ...more }],
});
const call = (text: string, id = 'functions.weather:0') => ({
  id,
  type: 'function',
  function: { name: 'weather', arguments: text },
});
const user = (content: string) => ({ role: 'user', content });
const result = (content: string, id = 'functions.weather:0') => ({ role: 'tool', tool_call_id: id, content });
/** What a client keeps of an answer that drops what it does not know. */
const kept = (...tool_calls: object[]) => ({ role: 'assistant', content: null, tool_calls });

async function ask(messages: readonly object[], change: object = {}, principal = world.principal, more: object = {}) {
  const headers = { ...(await world.headers(createUuidV7(), principal)), ...more };
  const body = { model: 'scripted-model', messages, tools, ...change };
  const client = await openStream(`${world.url}${path}`, headers, body);
  await client.over();
  expect(client.status).toBe(200);
  return JSON.parse(world.scripted.lastBody).messages as Record<string, unknown>[];
}

/** Asks until the thought is there: it is kept behind the answer. */
async function askUntil(text: string, ...question: Parameters<typeof ask>): Promise<Record<string, unknown>[]> {
  let sent: Record<string, unknown>[] = [];
  await waitFor(
    async () => {
      sent = await ask(...question);
      return JSON.stringify(sent).includes(text);
    },
    { describe: `the thought ${text}` },
  );
  return sent;
}

describe.each([false, true])('kept thoughts, streamed: %s', (stream) => {
  const topic = (name: string) => `${name}, streamed: ${stream}`;

  it.each(['functions.weather:0', 'call_0', ''])(
    'reach only the conversation and the key that they came from if each call has the id "%s"',
    async (id) => {
      const other = createPrincipal({ ...world.principal, keyId: createUuidV7() });
      const called = { content: null, tool_calls: [call('{}', id)] };
      // A call without an id is given one, from the id of the answer.
      const callId = id === '' ? 'call_chatcmpl-1_0_0' : id;
      const next = (name: string) => [user(topic(name)), kept(call('{}', callId)), result('5', callId)];
      const [first, second] = [`a${id}`, `b${id}`];
      say({ ...called, ...thoughtOf('OPAL-7731') });
      await ask([user(topic(first))], { stream });
      say({ ...called, ...thoughtOf('RUBY-1') });
      await ask([user(topic(second))], { stream });

      say({ content: 'Rain.' });
      expect(JSON.stringify(await askUntil('OPAL-7731', next(first), { stream }))).not.toContain('RUBY-1');
      expect(JSON.stringify(await askUntil('RUBY-1', next(second), { stream }))).not.toContain('OPAL-7731');
      for (const sent of [
        await ask(next('c'), { stream }),
        await ask(next(first), { stream }, other),
        await ask([user('x'), ...next(first)], { stream }),
      ]) {
        expect(JSON.stringify(sent)).not.toMatch(/OPAL|RUBY/);
      }
    },
  );

  it('come back over a loop of several turns with parallel calls', async () => {
    const turns = ['one', 'two', 'three'].map((name) => ({
      name,
      calls: [call('{"city":"Brno"}', `${name}-a`), call('{}', `${name}-b`)],
    }));
    const messages: object[] = [user(topic('loop'))];
    for (const { name, calls } of turns) {
      say({ content: null, tool_calls: calls, ...thoughtOf(`thought ${name}`) });
      await ask(messages, { stream });
      messages.push(kept(...calls), ...calls.map(({ id }) => result('5', id)));
      say({ content: 'Rain.' });
      await askUntil(`thought ${name}`, messages, { stream });
    }
    const sent = await ask(messages, { stream });
    expect(sent.filter(({ role }) => role === 'assistant').map((one) => JSON.stringify(one.reasoning_details))).toEqual(
      turns.map(({ name }) => expect.stringContaining(`thought ${name}`)),
    );
  });

  it('come back in a conversation that is masked', async () => {
    const masked = { 'x-aggregator-privacy': 'mask' };
    const mail = `ivan.${stream}@example.com`;
    say({ content: null, tool_calls: [call('{"to":"[EMAIL_1]"}')], ...thoughtOf('JADE') });
    await ask([user(mail)], { stream }, world.principal, masked);
    const next = [user(mail), kept(call(`{ "to": "${mail}" }`)), result('5')];
    const sent = await askUntil('JADE', next, { stream }, world.principal, masked);
    expect(JSON.stringify(sent)).not.toContain(mail);
    const another = [user(`x${mail}`), kept(call(`{"to":"x${mail}"}`)), result('5')];
    expect(JSON.stringify(await ask(another, { stream }, world.principal, masked))).not.toContain('JADE');
  });
});

describe.each([false, true])('kept text of thoughts, streamed: %s', (stream) => {
  it.each([
    ['moonshot', 'reasoning_content'],
    ['deepseek', 'reasoning_content'],
    ['vllm', 'reasoning'],
  ])('returns to a server that requires it if the client has dropped it: %s', async (profile, field) => {
    const model = `${profile}/m`;
    const messages = [user(`text for ${profile}, streamed: ${stream}`)];
    say({ content: null, tool_calls: [call('{}')], [field]: 'I need the weather.' });
    await ask(messages, { stream, model });
    say({ content: 'Rain.' });
    const next = [...messages, kept(call('{}')), result('5')];
    const sent = await askUntil('I need the weather.', next, { stream, model });
    expect(sent[1]).toMatchObject({ role: 'assistant', [field]: 'I need the weather.' });
    expect(sent[1]).not.toHaveProperty('reasoning_details');
  });

  it('does not fail a strict request to a server that takes none', async () => {
    const messages = [user(`strict, streamed: ${stream}`)];
    const next = [...messages, kept(call('{}')), result('5')];
    say({ content: null, tool_calls: [call('{}')], ...thoughtOf('AMBER') });
    await ask(messages, { stream });
    say({ content: 'Rain.' });
    await askUntil('AMBER', next, { stream });
    const sent = await ask(next, { stream, strict: true, model: 'thoughtless/m' });
    expect(JSON.stringify(sent)).not.toContain('AMBER');
  });
});

describe.each([false, true])('kept items of a response, streamed: %s', (stream) => {
  async function respond(input: unknown, principal = world.principal) {
    const headers = await world.headers(createUuidV7(), principal);
    const client = await openStream(`${world.url}/v1/responses`, headers, { model: 'scripted-model', input, stream });
    await client.over();
    const ids = [...new Set((stream ? client.events().join('') : client.text()).match(/"msg_[^"]*"/g))];
    return { status: client.status, ids: ids.map((id): string => JSON.parse(id)) };
  }
  const reference = (id: string) => [
    { type: 'item_reference', id },
    { role: 'user', content: 'again' },
  ];

  it('have ids that no other answer has, and are found by their own key alone', async () => {
    say({ content: 'TOPAZ' });
    const [first, second] = [await respond('hi'), await respond('hi')];
    const [id = ''] = first.ids;
    expect(first.ids).toHaveLength(1);
    expect(second.ids).not.toEqual(first.ids);
    expect(id).toMatch(/^msg_[0-9a-f]{64}_0$/);

    await waitFor(async () => (await respond(reference(id))).status === 200, { describe: 'the item' });
    expect(world.scripted.lastBody).toContain('TOPAZ');
    const other = createPrincipal({ ...world.principal, keyId: createUuidV7() });
    expect((await respond(reference(id), other)).status).toBe(400);
    expect((await respond(reference('msg_1_0'))).status).toBe(400);
  });
});
