import { reasoningDetail } from '@aggregator/contracts';
import { adapterFor } from '@aggregator/providers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type FakeProviderServer, startFakeProvider } from '../fake-provider-server.ts';
import { describeFake } from '../testing/describe-fake.ts';
import { FakeClient } from '../testing/fake-client.ts';
import { createFakeOpenAi } from './index.ts';

describeFake('the fake of OpenAI', {
  adapter: adapterFor('OpenAI'),
  fake: createFakeOpenAi({ credential: 'sk-right' }),
  path: '/v1',
  credential: 'sk-right',
  chatModel: 'gpt-4o-mini',
  visionModel: 'gpt-4o-mini',
  embeddingModel: 'text-embedding-3-small',
});

describeFake('the fake of OpenAI by its Responses API', {
  adapter: adapterFor('OpenAI'),
  fake: createFakeOpenAi({ credential: 'sk-right' }),
  path: '/v1',
  credential: 'sk-right',
  chatModel: 'gpt-5.6',
  visionModel: 'gpt-5.6',
  embeddingModel: 'text-embedding-3-small',
});

describe('OpenAI through its adapter', () => {
  const fake = createFakeOpenAi({ credential: 'sk-right' });
  const user = (content: string) => [{ role: 'user' as const, content }];
  let server: FakeProviderServer;
  let client: FakeClient;

  beforeAll(async () => {
    server = await startFakeProvider(fake.listener);
    const rest = { model: 'gpt-4o-mini', maxOutputTokens: null, attemptId: 'a/1', options: {} };
    client = new FakeClient(adapterFor('OpenAI'), { baseUrl: `${server.url}/v1`, credential: 'sk-right', ...rest });
  });
  afterAll(() => server.close());

  it.each(['gpt-4o-mini', 'gpt-4.1', 'gpt-5-mini', 'o4-mini'])(
    'bounds an answer of %s by either name',
    async (model) => {
      for (const bound of [
        { max_tokens: 20 },
        { max_completion_tokens: 20 },
        { max_tokens: 99, max_completion_tokens: 20 },
      ]) {
        const { error, usage, finishReason } = await client
          .with({ model })
          .ask({ messages: user('Write on #words=50'), ...bound });
        expect({ error, finishReason }).toEqual({ error: null, finishReason: 'length' });
        expect((usage?.outputText ?? 0) + (usage?.outputReasoning ?? 0)).toBe(20);
      }
    },
  );

  it('reports thinking in the usage, if an effort is asked for in either form', async () => {
    const caller = client.with({ model: 'gpt-5-mini' });
    const { usage } = await caller.ask({ messages: user('Hello'), reasoning_effort: 'high' });
    expect(usage?.outputReasoning).toBeGreaterThan(0);
    expect((await caller.ask({ messages: user('Hello'), reasoning: { max_tokens: 99 } })).droppedParams).toEqual([
      'reasoning.max_tokens',
    ]);
  });

  it.each(['gpt-4o-mini', 'o4-mini', 'gpt-5-mini', 'gpt-5.2', 'gpt-5.6'])(
    'takes every effort that there is, and thinking without one, with %s',
    async (model) => {
      const canBeOff = model.startsWith('gpt-5.');
      const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'].map((effort) => ({ effort }));
      for (const reasoning of [...efforts, { enabled: true }, { enabled: false }, { max_tokens: 2000 }]) {
        const { error, usage } = await client.with({ model }).ask({ messages: user('Hello'), reasoning });
        const isOff = Object.values(reasoning).some((value) => value === 'none' || value === false);
        const thinks = model !== 'gpt-4o-mini' && !(isOff && canBeOff);
        expect({ reasoning, error, thinks: (usage?.outputReasoning ?? 0) > 0 }).toEqual({
          reasoning,
          error: null,
          thinks,
        });
      }
    },
  );

  it('is never asked for more than its model generates', async () => {
    const bounded = client.with({ maxOutputTokens: 16_384 });
    expect((await bounded.ask({ messages: user('Hello'), max_tokens: 999_999 })).error).toBeNull();
    expect(fake.ledger.records.at(-1)?.request).toMatchObject({ max_completion_tokens: 16_384 });
  });

  it('takes back what any other provider answered, and marks that only others know', async () => {
    const answered = {
      role: 'assistant' as const,
      content: 'Yes?',
      reasoning_content: 'Hm.',
      reasoning: 'Hm.',
      images: [],
      annotations: [],
      reasoning_details: [{ type: 'reasoning.text' as const, text: 'Hm.', format: 'anthropic-claude-v1' }],
    };
    const marked = [{ type: 'text', text: 'Hello', cache_control: { type: 'ephemeral' } }];
    const messages = [{ role: 'user' as const, content: marked }, answered, ...user('Bye')];
    const tool = { type: 'function', function: { name: 'a' }, cache_control: { type: 'ephemeral' } };
    const { error, droppedParams } = await client.ask({ messages, tools: [tool] });
    expect({ error, droppedParams }).toEqual({
      error: null,
      droppedParams: ['content.cache_control', 'reasoning_details'],
    });
  });

  it('reads a prompt that begins alike from the cache', async () => {
    const messages = [...user('A long story'), { role: 'assistant' as const, content: 'Well.' }, ...user('Write on')];
    await client.ask({ messages });
    const { usage } = await client.ask({ messages });
    expect(usage?.cacheRead).toBeGreaterThan(0);
  });

  it('reports a refusal and the content filter', async () => {
    expect(await client.ask({ messages: user('#refuse') })).toMatchObject({
      refusal: "I can't help with that.",
      text: '',
    });
    expect(await client.stream({ messages: user('#filter it all') })).toMatchObject({ finishReason: 'content_filter' });
  });

  it('draws, charged by tokens, and makes no address of a picture', async () => {
    const caller = client.with({ model: 'gpt-image-1' });
    const drawn = await caller.draw({ prompt: 'A horse', n: 2, response_format: 'b64_json' });
    expect(drawn).toMatchObject({ usage: { inputUncached: 2, imageOut: 544 } });
    expect(Object(drawn).body.data).toHaveLength(2);
    await expect(caller.draw({ prompt: 'A horse', response_format: 'url' })).rejects.toThrow(
      expect.objectContaining({ code: 'unsupported_parameter', param: 'response_format' }),
    );
  });
});

describe('the strictness of the fake', () => {
  const tools = [{ type: 'function', function: { name: 'f' } }];

  it.each([
    ['an unknown field', { top_k: 5 }],
    ['a field that only others have', { reasoning: { effort: 'low' } }],
    ['the old bound of a thinker', { model: 'o4-mini', max_tokens: 5 }],
    ['the temperature of a thinker', { model: 'gpt-5-mini', temperature: 0.2 }],
    ['an effort of no thinker', { reasoning_effort: 'low' }],
    ['tools beside an effort', { model: 'gpt-5.4', reasoning_effort: 'low', tools }],
    ['tools beside the effort that holds unasked', { model: 'gpt-5.6', tools }],
    ['an effort that only the Responses API has', { model: 'gpt-5.6', reasoning_effort: 'max' }],
    ['an effort that a thinker has not', { model: 'gpt-5-mini', reasoning_effort: 'none' }],
    ['the highest effort of a newer one', { model: 'gpt-5.2', reasoning_effort: 'max' }],
    ['two bounds', { max_tokens: 5, max_completion_tokens: 5 }],
    ['a bound above the model', { max_tokens: 16_385 }],
    ['stream options without a stream', { stream_options: { include_usage: true } }],
    ['a choice of no tools', { tool_choice: 'required' }],
    ['an unknown field of a message', { messages: [{ role: 'user', content: 'a', reasoning_content: 'b' }] }],
    ['an empty conversation', { messages: [] }],
    ['a result without its call', { messages: [{ role: 'tool', tool_call_id: 'a', content: 'b' }] }],
    [
      'a loose schema that is called strict',
      {
        response_format: { type: 'json_schema', json_schema: { name: 'a', strict: true, schema: { type: 'object' } } },
      },
    ],
    ['five stops', { stop: ['a', 'b', 'c', 'd', 'e'] }],
  ])('refuses %s as OpenAI does', async (_, wrong) => {
    const { listener, ledger } = createFakeOpenAi();
    const server = await startFakeProvider(listener);
    const headers = { authorization: 'Bearer sk-fake-openai', 'content-type': 'application/json' };
    const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }], ...wrong });
    const response = await fetch(`${server.url}/v1/chat/completions`, { method: 'POST', headers, body });
    expect({ status: response.status, answer: await response.json() }).toMatchObject({
      status: 400,
      answer: { error: { type: 'invalid_request_error' } },
    });
    expect(ledger.records).toMatchObject([{ state: 'refused', completionTokens: 0 }]);
    await server.close();
  });
});

describe('OpenAI by the API that serves the request', () => {
  const fake = createFakeOpenAi({ credential: 'sk-right' });
  const tools = [{ type: 'function', function: { name: 'weather' } }];
  const question = { role: 'user' as const, content: 'Weather? #tool' };
  let server: FakeProviderServer;
  let client: FakeClient;

  beforeAll(async () => {
    server = await startFakeProvider(fake.listener);
    const rest = { model: 'gpt-5.6', maxOutputTokens: null, attemptId: 'a/1', options: {} };
    client = new FakeClient(adapterFor('OpenAI'), { baseUrl: `${server.url}/v1`, credential: 'sk-right', ...rest });
  });
  afterAll(() => server.close());

  const efforts = [undefined, 'none', 'minimal', 'low', 'high', 'xhigh', 'max'];
  const models = [
    'gpt-4o-mini',
    'o4-mini',
    'gpt-5-mini',
    'gpt-5.2',
    'gpt-5.4',
    'gpt-5.6',
    'gpt-6-astra',
    'gpt-5.3-codex',
    'gpt-5.4-pro',
  ];

  it.each(models)('calls tools of %s at every effort, plain and streamed', async (model) => {
    for (const effort of efforts) {
      const request = { messages: [question], tools, ...(effort !== undefined && { reasoning_effort: effort }) };
      for (const answer of [await client.with({ model }).ask(request), await client.with({ model }).stream(request)]) {
        const { error, finishReason, calls } = answer;
        expect({ effort, error, finishReason, names: calls.map((call) => call.function.name) }).toEqual({
          ...{ effort, error: null, finishReason: 'tool_calls', names: ['weather'] },
        });
      }
    }
  });

  it.each(models)('takes the sampling of a client that does not know %s', async (model) => {
    const { error } = await client.with({ model }).ask({ messages: [question], temperature: 0.2, top_p: 0.9 });
    expect(error).toBeNull();
  });

  it.each([false, true])('gets its reasoning back through a round of tools, streamed: %s', async (isStreamed) => {
    const asked = { messages: [question], tools, reasoning: { effort: 'low', summary: 'auto' } };
    const first = isStreamed ? await client.stream(asked) : await client.ask(asked);
    const call = first.calls[0];
    if (call === undefined) throw new Error('no call');
    const turn = {
      role: 'assistant' as const,
      content: null,
      tool_calls: [call],
      reasoning_details: reasoningDetail.array().parse(first.details),
    };
    const result = { role: 'tool' as const, tool_call_id: call.id, content: '4 degrees' };
    const { text, error } = await client.ask({ ...asked, messages: [question, turn, result] });
    expect({ text, error }).toEqual({ text: 'The tools say: 4 degrees', error: null });
    expect(Object(fake.ledger.records.at(-1)?.request).input).toMatchObject([
      { type: 'message' },
      { type: 'reasoning', summary: [{ text: first.reasoning }], encrypted_content: expect.stringMatching(/^gAAAA/) },
      { type: 'function_call', call_id: call.id },
      { type: 'function_call_output', call_id: call.id },
    ]);
  });

  it('is charged by what is in the usage of either', async () => {
    for (const model of ['gpt-4o-mini', 'gpt-5.6']) {
      const { usage } = await client.with({ model, attemptId: model }).ask({ messages: [question] });
      const [record] = fake.ledger.find(model);
      const { inputUncached = 0, outputText = 0, outputReasoning = 0 } = usage ?? {};
      expect([inputUncached, outputText + outputReasoning]).toEqual([record?.promptTokens, record?.completionTokens]);
    }
  });
});

describe('the strictness of the fake of the Responses API', () => {
  const call = { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' };
  const output = { type: 'function_call_output', call_id: 'call_1', output: 'x' };

  it.each([
    ['an unknown field', { top_k: 5 }],
    ['a field of chat completions', { messages: [] }],
    ['a bound that is too small', { max_output_tokens: 5 }],
    ['the temperature of a thinker', { temperature: 0.2 }],
    ['an effort that the model has not', { model: 'gpt-6-astra', reasoning: { effort: 'none' } }],
    ['encrypted thoughts of no thinker', { model: 'gpt-4o-mini', include: ['reasoning.encrypted_content'] }],
    ['a nested tool', { tools: [{ type: 'function', function: { name: 'f' } }] }],
    [
      'a loose schema that is not called so',
      { tools: [{ type: 'function', name: 'f', parameters: { type: 'object', properties: { a: {} } } }] },
    ],
    ['a result without its call', { input: [output] }],
    ['a call without its result', { input: [call] }],
    ['a call with an id without its reasoning', { input: [{ ...call, id: 'fc_1' }, output] }],
    [
      'a thought that nothing follows',
      { input: [{ type: 'reasoning', summary: [], encrypted_content: 'gAAAAABx.y' }] },
    ],
    [
      'a thought that it has not encrypted',
      { input: [{ type: 'reasoning', summary: [], encrypted_content: 'agd1.x' }, call, output] },
    ],
    ['what an assistant cannot say', { input: [{ role: 'assistant', content: [{ type: 'input_text', text: 'x' }] }] }],
  ])('refuses %s as OpenAI does', async (_, wrong) => {
    const { listener } = createFakeOpenAi();
    const server = await startFakeProvider(listener);
    const headers = { authorization: 'Bearer sk-fake-openai', 'content-type': 'application/json' };
    const body = JSON.stringify({ model: 'gpt-5.6', input: 'Hello', ...wrong });
    const response = await fetch(`${server.url}/v1/responses`, { method: 'POST', headers, body });
    expect({ status: response.status, answer: await response.json() }).toMatchObject({
      status: 400,
      answer: { error: { type: 'invalid_request_error' } },
    });
    await server.close();
  });

  it('keeps nothing under the id of a thought', async () => {
    const { listener } = createFakeOpenAi();
    const server = await startFakeProvider(listener);
    const headers = { authorization: 'Bearer sk-fake-openai', 'content-type': 'application/json' };
    const input = [{ type: 'reasoning', id: 'rs_1', summary: [] }, call, output];
    const body = JSON.stringify({ model: 'gpt-5.6', input });
    expect((await fetch(`${server.url}/v1/responses`, { method: 'POST', headers, body })).status).toBe(404);
    await server.close();
  });
});
