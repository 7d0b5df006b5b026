import { chatCompletionRequest } from '@aggregator/contracts';
import { adapterFor, type ProviderTarget, SseParser } from '@aggregator/providers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { type FakeProviderServer, startFakeProvider } from '../fake-provider-server.ts';
import { createFakeAnthropic } from './index.ts';

const adapter = adapterFor('Anthropic');
const fake = createFakeAnthropic();
const message = z.looseObject({
  content: z.string().nullish(),
  refusal: z.string().nullish(),
  reasoning_content: z.string().optional(),
  reasoning_details: z.array(z.looseObject({})).optional(),
  tool_calls: z
    .array(z.looseObject({ id: z.string(), function: z.looseObject({ name: z.string(), arguments: z.string() }) }))
    .optional(),
});
const answerOf = z.looseObject({ choices: z.tuple([z.looseObject({ message, finish_reason: z.string() })]) });
const chunkOf = z.looseObject({
  choices: z.array(
    z.looseObject({ delta: z.looseObject({ content: z.string().nullish() }), finish_reason: z.string().nullish() }),
  ),
});
const parameters = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};
const tools = ['weather', 'clock'].map((name) => ({ type: 'function', function: { name, parameters, strict: true } }));
const user = (content: unknown) => ({ role: 'user', content });

describe('the adapter, against the fake', () => {
  let server: FakeProviderServer;

  beforeAll(async () => {
    server = await startFakeProvider(fake.listener);
  });
  afterAll(() => server.close());

  function toTarget(model: string): ProviderTarget {
    return {
      baseUrl: `${server.url}/v1`,
      credential: 'sk-ant-fake',
      model,
      maxOutputTokens: 8000,
      attemptId: 'r/1',
      options: {},
    };
  }

  async function send(model: string, fields: object, isStreamed: boolean) {
    const request = chatCompletionRequest.parse({
      model: 'm',
      messages: [user('Hello')],
      stream: isStreamed,
      ...fields,
    });
    const { endpoint, body, droppedParams } = adapter.chat.toRequest(request, toTarget(model));
    const response = await fetch(endpoint.url, { method: endpoint.method, headers: endpoint.headers, body });
    if (!response.ok) {
      const error = adapter.classifyError(response.status, Object.fromEntries(response.headers), await response.text());
      throw new Error(error.internal);
    }
    return { response, droppedParams };
  }

  async function ask(model: string, fields: object) {
    const { response, droppedParams } = await send(model, fields, false);
    const { body, usage } = adapter.chat.fromResponse(await response.text());
    const [choice] = answerOf.parse(body).choices;
    return { ...choice.message, finishReason: choice.finish_reason, usage, droppedParams };
  }

  async function stream(model: string, fields: object) {
    const { response } = await send(model, fields, true);
    const translator = adapter.chat.createStream({ includeUsage: true });
    const parser = new SseParser();
    const events = parser.push(Buffer.from(await response.arrayBuffer()));
    const chunks = [...events, ...parser.end()]
      .flatMap((event) => translator.push(event))
      .map((text) => chunkOf.parse(JSON.parse(text)));
    const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');
    return { translator, text, end: translator.end() };
  }

  const models = ['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5', 'claude-sonnet-4-6', 'claude-haiku-4-5'];

  it.each(models)('%s takes every field that the table maps', async (model) => {
    const schema = { name: 'place', schema: { ...parameters, properties: { city: { type: 'string', minLength: 1 } } } };
    const requests = [
      { temperature: 0.3, top_p: 0.9, stop: ['END'], safety_identifier: 'u-1', max_tokens: 100 },
      { top_p: 0.9, top_k: 5 },
      { response_format: { type: 'json_schema', json_schema: schema } },
      { tools, parallel_tool_calls: false, tool_choice: 'none' },
      ...['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'].map((effort) => ({
        reasoning_effort: effort,
        temperature: 0.5,
      })),
      ...[{ max_tokens: 2000 }, { enabled: true }, { enabled: false }].map((reasoning) => ({ reasoning })),
      { messages: [{ role: 'system', content: 'a' }, user('b'), { role: 'developer', content: 'c' }] },
      { messages: [user('a'), { role: 'assistant', content: 'b' }, { role: 'system', content: 'c' }, user('d')] },
    ];
    for (const fields of requests) {
      expect(await ask(model, fields)).toMatchObject({
        finishReason: 'stop',
        usage: { inputUncached: expect.any(Number) },
      });
    }
  });

  it.each(models)('%s goes through a loop of parallel calls with its thinking given back', async (model) => {
    const fields = { tools, reasoning_effort: 'high' };
    const first = user('Weather and time in Brno? #tools #redacted');
    const { finishReason, usage, droppedParams, ...called } = await ask(model, { ...fields, messages: [first] });
    expect(finishReason).toBe('tool_calls');
    expect(droppedParams).toEqual([]);
    expect(called.reasoning_content).toMatch(/wants to talk/);
    expect(usage?.outputReasoning).toBeGreaterThan(0);
    const results = called.tool_calls?.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: 'fine' })) ?? [];
    expect(results).toHaveLength(2);
    const messages = [first, { role: 'assistant', ...called }, ...results, user('So?')];
    expect((await ask(model, { ...fields, messages })).content).toBe('The tools say: finefine');
    const forgotten = { role: 'assistant', content: called.content, tool_calls: called.tool_calls };
    const lost = await ask(model, { ...fields, messages: [first, forgotten, ...results] });
    expect(lost.content).toBe('The tools say: finefine');
  });

  it('streams what it answers plain, with the usage that the ledger has', async () => {
    const fields = { messages: [user('Hello "wörld"\n\tand\\more #think #words=20')], reasoning_effort: 'low' };
    const plain = await ask('claude-sonnet-5-5', fields);
    const { translator, text, end } = await stream('claude-sonnet-5-5', fields);
    expect(text).toBe(plain.content);
    expect(translator).toMatchObject({
      isComplete: true,
      isEnded: true,
      malformedEvents: 0,
      error: null,
      usage: plain.usage,
    });
    expect(end).toMatchObject({ choices: [], usage: { prompt_tokens_details: { cached_tokens: 0 } } });
    const [one, other] = fake.ledger.records.slice(-2);
    expect(other).toMatchObject({ attemptId: 'r/1', version: '2026-10-21', outputTokens: one?.outputTokens });
    expect(one?.outputTokens).toBe((plain.usage?.outputText ?? 0) + (plain.usage?.outputReasoning ?? 0));
  });

  it('shows images, documents, the system and marks of the cache to the model', async () => {
    const parts = [
      { type: 'text', text: 'See', cache_control: { type: 'ephemeral' } },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
      { type: 'image_url', image_url: { url: 'https://images.example/a.png' } },
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } },
    ];
    const seen = await ask('claude-opus-5-5', { messages: [user(parts)] });
    expect(seen).toMatchObject({
      content: 'I see 2 images and 1 documents.',
      usage: { cacheWrite5m: expect.any(Number) },
    });
    expect((await ask('claude-opus-5-5', { messages: [user(parts)] })).usage?.cacheRead).toBe(seen.usage?.cacheWrite5m);
    const said = [{ role: 'system', content: 'one' }, user('#system'), { role: 'developer', content: 'two' }];
    expect((await ask('claude-opus-5-5', { messages: said })).content).toBe('The system says: one two');
    expect((await ask('claude-haiku-4-5', { messages: said })).content).toBe('The system says: onetwo');
  });

  it('C-m3: marks the prompt of a caller that sets no marks, if the provider is set so', async () => {
    const target = { ...toTarget('claude-opus-5-5'), options: { cacheMarks: 'auto' } };
    const turns = [user('word '.repeat(5000)), { role: 'assistant', content: 'Yes.' }, user('Yes, more.')];
    const askMarked = async (messages: object[]) => {
      const request = chatCompletionRequest.parse({ model: 'm', messages });
      const { endpoint, body } = adapter.chat.toRequest(request, target);
      const response = await fetch(endpoint.url, { method: 'POST', headers: endpoint.headers, body });
      return { body, usage: adapter.chat.fromResponse(await response.text()).usage };
    };
    const first = await askMarked(turns.slice(0, 1));
    const second = await askMarked(turns);
    expect(first.usage?.cacheWrite5m).toBeGreaterThan(4000);
    expect(second.usage?.cacheRead).toBe(first.usage?.cacheWrite5m);
    expect(second.usage?.inputUncached).toBeLessThan(50);
    const own = [{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' } }];
    expect((await askMarked([user(own)])).body.match(/cache_control/g)).toHaveLength(1);
    const bare = adapter.chat.toRequest(chatCompletionRequest.parse({ model: 'm', messages: turns }), toTarget('m'));
    expect(bare.body).not.toContain('cache_control');
  });

  it('ends in a refusal, in a limit and in an error as they are', async () => {
    const refused = { refusal: expect.any(String), finishReason: 'content_filter' };
    expect(await ask('claude-opus-5-5', { messages: [user('#refuse')] })).toMatchObject(refused);
    expect(await ask('claude-opus-5-5', { max_tokens: 1 })).toMatchObject({ finishReason: 'length' });
    const { translator, end } = await stream('claude-opus-5-5', { messages: [user('#error-event')] });
    expect(translator).toMatchObject({ isComplete: false, error: { code: 'upstream_error', isRetryable: true } });
    expect(end).toBeNull();
    await expect(ask('claude-opus-5-5', { messages: [user('#too-long')] })).rejects.toThrow('prompt is too long');
  });

  it('counts tokens before they are spent, and proves its key for nothing', async () => {
    const request = chatCompletionRequest.parse({ model: 'm', messages: [user('one two three')], tools });
    const { endpoint, body } =
      adapter.tokenCount?.toRequest(request, toTarget('claude-haiku-4-5')) ??
      adapter.chat.toRequest(request, toTarget('x'));
    const counted = await fetch(endpoint.url, { method: 'POST', headers: endpoint.headers, body });
    const spent = await ask('claude-haiku-4-5', request);
    expect(adapter.tokenCount?.fromResponse(await counted.text())).toBe(spent.usage?.inputUncached);
    const probe = adapter.probe(toTarget('x'));
    expect((await fetch(probe.url, { headers: probe.headers })).status).toBe(200);
    const stranger = adapter.probe({ ...toTarget('x'), credential: 'wrong' });
    expect((await fetch(stranger.url, { headers: stranger.headers })).status).toBe(401);
  });
});
