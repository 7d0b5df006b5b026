import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type NativeWorld, startNativeWorld } from '../testing/start-native-world.ts';

const path = '/v1/chat/completions';
const json = { 'content-type': 'application/json' };
const eventStream = { 'content-type': 'text/event-stream' };

let world: NativeWorld;
beforeAll(async () => {
  world = await startNativeWorld(
    [
      { name: 'own', type: 'OpenAICompatible', options: { chatLane: 'native' } },
      { name: 'gpt', type: 'OpenAI', options: { chatLane: 'native' } },
      { name: 'other', type: 'OpenAICompatible' },
    ],
    { environment: { RETRY_DELAY_MS: '1', MAX_RETRIES: '0' } },
  );
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };
const head = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', x_new: [1] };
const chunks = [
  { ...head, choices: [{ index: 0, delta: { role: 'assistant', content: '', x_part: 1 }, finish_reason: null }] },
  { ...head, choices: [{ index: 0, delta: { content: 'Hel' }, finish_reason: null }] },
  { ...head, choices: [{ index: 0, delta: { content: 'lo' }, finish_reason: null }] },
  { ...head, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
  { ...head, choices: [], usage },
];
const toEvents = (all: readonly object[]) => all.map((one) => `data: ${JSON.stringify(one)}\n\n`).join('');
const whole = {
  ...{ id: 'c', object: 'chat.completion', created: 1, model: 'm', x_new: 1, usage },
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello', x_part: 1 }, finish_reason: 'stop' }],
};

function stream(name: string, text = `${toEvents(chunks)}data: [DONE]\n\n`, isTorn = false): void {
  world.upstream(name).answer = (_request, response) => {
    response.writeHead(200, eventStream);
    if (isTorn) response.write(text, () => response.destroy());
    else response.end(text);
  };
}
function say(name: string, body: object = whole): void {
  world.upstream(name).answer = (_request, response) => void response.writeHead(200, json).end(JSON.stringify(body));
}
const ask = (model: string, more: object = {}, headers: Record<string, string> = {}) =>
  world.send(path, JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }], ...more }), headers);
const sent = (name: string) => JSON.parse(world.upstream(name).lastBody);
const eventsOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)));

describe('a chat to a provider whose option is chatLane: native', () => {
  it('goes out with fields that only its server knows, and its answer comes as it was given', async () => {
    say('own');
    const extensions = { min_p: 0.1, chat_template_kwargs: { enable_thinking: false }, x_new: 1 };
    const { status, text, headers, requestId } = await ask('own/m', extensions);

    expect({ status, dropped: headers.get('x-aggregator-dropped-params') }).toEqual({ status: 200, dropped: null });
    expect(sent('own')).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: 'Hi' }],
      ...extensions,
    });
    expect(JSON.parse(text)).toMatchObject({ ...whole, usage: { ...usage, cost: 0.00006 }, provider: 'own' });
    expect(await world.usageOf(requestId)).toMatchObject({
      usage: { inputUncached: 10, outputText: 2 },
      estimated: false,
    });
    await world.waitUntilNothingHeld();
  });

  it('has no usage in a stream that did not ask for it, and is charged by it', async () => {
    stream('own');
    const { text, requestId } = await ask('own/m', { stream: true }, { 'x-aggregator-additions': 'none' });

    expect(sent('own').stream_options).toEqual({ include_usage: true });
    expect(text).toBe(`${toEvents(chunks.slice(0, 4))}data: [DONE]\n\n`);
    expect(await world.usageOf(requestId)).toMatchObject({
      usage: { inputUncached: 10, outputText: 2 },
      estimated: false,
    });
  });

  it.each([
    [{}, 3],
    [{ stream_options: { include_usage: true } }, 4],
  ])('has our additions in the last chunk of a stream with %j', async (more, at) => {
    stream('own');
    const events = eventsOf((await ask('own/m', { stream: true, ...more })).text);

    expect(events).toHaveLength(at + 1);
    expect(events.slice(0, at)).toEqual(chunks.slice(0, at));
    expect(events[at]).toMatchObject({ ...chunks[at], provider: 'own', cost: 0.00006 });
  });

  it('is ended by us if its server does not', async () => {
    stream('own', toEvents(chunks));
    const { text } = await ask('own/m', { stream: true, stream_options: { include_usage: true } });
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it('leaves out what changes the price or who answers, and names it', async () => {
    say('own');
    const hosted = { type: 'web_search', name: 'x' };
    const governed = { service_tier: 'priority', web_search_options: {}, n_predict: 9, api_base: 'http://10.0.0.9' };
    const others = { max_output_tokens: 9, Model: 'x', metadata: { a: 'b', cost: 0 } };
    const { headers } = await ask('own/m', { ...governed, ...others, tools: [hosted] });

    expect(headers.get('x-aggregator-dropped-params')?.split(', ').sort()).toEqual(
      [...Object.keys(governed), 'Model', 'max_output_tokens', 'metadata.cost', 'tools.web_search'].sort(),
    );
    expect(sent('own')).toEqual({ model: 'm', messages: expect.anything(), metadata: { a: 'b' } });
  });

  it('is translated if it needs a mapping: files of others, thoughts of other providers', async () => {
    say('own');
    const thoughts = [{ type: 'reasoning.text', text: 'x', format: 'other' }];
    const messages = [
      { role: 'assistant', content: 'a', reasoning_details: thoughts },
      { role: 'user', content: 'b' },
    ];
    await ask('own/m', { messages, x_new: 1 });

    expect(sent('own')).toMatchObject({ x_new: 1, messages: [{ content: 'a' }, { content: 'b' }] });
    expect(world.upstream('own').lastBody).not.toContain('reasoning_details');
    const file = [{ role: 'user', content: [{ type: 'file', file: { file_id: 'file-1' } }] }];
    for (const name of ['own', 'other', 'gpt']) {
      const refused = await ask(`${name}/m`, { messages: file });
      expect({ status: refused.status, param: JSON.parse(refused.text).error.param }).toEqual({
        status: 400,
        param: 'messages[0].content[0].file',
      });
    }
  });

  it('is continued by another provider after it broke off, without a word twice', async () => {
    stream('own', toEvents(chunks.slice(0, 2)), true);
    stream('other');
    const { status, text } = await ask('all', { stream: true, temperature: 0, seed: 1 });
    const said = eventsOf(text).map(({ choices }) => choices[0]?.delta?.content ?? '');

    expect({ status, said: said.join('') }).toEqual({ status: 200, said: 'Hello' });
    expect(text).not.toContain('"error"');
  });

  it('is named by GET /v1/capabilities', async () => {
    const answer = await fetch(`${world.url}/v1/capabilities`, { headers: await world.headers() });
    const { data } = (await answer.json()) as { data: { provider: string; models: { native: string[] }[] }[] };
    const lanesOf = (name: string) => data.find(({ provider }) => provider === name)?.models[0]?.native;

    expect([lanesOf('own'), lanesOf('other')]).toEqual([['chat.completions'], []]);
  });
});
