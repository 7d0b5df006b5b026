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
          .ask({ messages: user('Go on #words=50'), ...bound });
        expect({ error, finishReason }).toEqual({ error: null, finishReason: 'length' });
        expect((usage?.outputText ?? 0) + (usage?.outputReasoning ?? 0)).toBe(20);
      }
    },
  );

  it('tells thinking in the usage, where an effort is asked for in either form', async () => {
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
    const messages = [...user('A long story'), { role: 'assistant' as const, content: 'Well.' }, ...user('Go on')];
    await client.ask({ messages });
    const { usage } = await client.ask({ messages });
    expect(usage?.cacheRead).toBeGreaterThan(0);
  });

  it('tells a refusal and the content filter', async () => {
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
  it.each([
    ['an unknown field', { top_k: 5 }],
    ['a field that only others have', { reasoning: { effort: 'low' } }],
    ['the old bound of a thinker', { model: 'o4-mini', max_tokens: 5 }],
    ['the temperature of a thinker', { model: 'gpt-5-mini', temperature: 0.2 }],
    ['an effort of no thinker', { reasoning_effort: 'low' }],
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
    expect({ status: response.status, told: await response.json() }).toMatchObject({
      status: 400,
      told: { error: { type: 'invalid_request_error' } },
    });
    expect(ledger.records).toMatchObject([{ state: 'refused', completionTokens: 0 }]);
    await server.close();
  });
});
