import { adapterFor } from '@aggregator/providers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type FakeProviderServer, startFakeProvider } from '../fake-provider-server.ts';
import { describeFake } from '../testing/describe-fake.ts';
import { FakeClient } from '../testing/fake-client.ts';
import { createFakeCohere } from './index.ts';

describeFake('the fake of Cohere', {
  adapter: adapterFor('Cohere'),
  fake: createFakeCohere({ credential: 'co-right' }),
  path: '/v2',
  credential: 'co-right',
  chatModel: 'command-a-03-2025',
  visionModel: 'command-a-vision-07-2025',
  embeddingModel: 'embed-v4.0',
});

describe('Cohere through its adapter', () => {
  const fake = createFakeCohere({ credential: 'co-right' });
  const user = (content: string) => [{ role: 'user' as const, content }];
  let server: FakeProviderServer;
  let client: FakeClient;

  beforeAll(async () => {
    server = await startFakeProvider(fake.listener);
    const rest = { model: 'command-a-reasoning-08-2025', maxOutputTokens: 1000, attemptId: 'a/1', options: {} };
    client = new FakeClient(adapterFor('Cohere'), { baseUrl: `${server.url}/v2`, credential: 'co-right', ...rest });
  });
  afterAll(() => server.close());

  it('thinks as much as the request asks for, plain and streamed', async () => {
    const whole = await client.ask({ messages: user('Hello') });
    expect(whole.reasoning).toBe('The user wants to talk about this: Hello');
    const short = await client.stream({ messages: user('Hello'), reasoning: { max_tokens: 2 } });
    expect(short.reasoning).toBe('The user');
    const off = await client.ask({ messages: user('Hello'), reasoning_effort: 'none' });
    expect(off).toMatchObject({ reasoning: '', usage: { inputUncached: 4, outputText: 3 } });
    expect(whole.usage?.outputText).toBeGreaterThan(3);
  });

  it('is charged what it bills, without its own preamble', async () => {
    const { usage } = await client.ask({ messages: user('Hello'), reasoning_effort: 'none' });
    expect(usage?.inputUncached).toBe(4);
  });

  it('continues after a plan, which it gets back as its own', async () => {
    const tool = {
      type: 'function',
      function: { name: 'weather', strict: true, parameters: { type: 'object', properties: {}, required: [] } },
    };
    const caller = client.with({ model: 'command-a-03-2025' });
    const { calls, reasoning } = await caller.stream({ messages: user('Weather? #tool'), tools: [tool] });
    expect(reasoning).toBe('I will use a tool.');
    const answer = { role: 'assistant' as const, content: '', reasoning_content: reasoning, tool_calls: calls };
    const result = { role: 'tool' as const, tool_call_id: calls[0]?.id ?? '', content: 'sun' };
    const { text } = await caller.ask({ messages: [...user('Weather? #tool'), answer, result], tools: [tool] });
    expect(text).toBe('The tools say: sun');
    expect(fake.ledger.records.at(-1)?.request).toMatchObject({
      strict_tools: true,
      messages: [{}, { role: 'assistant', tool_plan: 'I will use a tool.' }, { role: 'tool' }],
    });
  });

  it('ends at a stop sequence', async () => {
    expect(await client.ask({ messages: user('Hello'), stop: 'Hel' })).toMatchObject({
      text: 'You said: ',
      finishReason: 'stop',
    });
  });

  it('reports a stream that it broke off as a failure', async () => {
    const { error } = await client.stream({ messages: user('#error-event #words=9') });
    expect(error).toMatchObject({ code: 'upstream_error', internal: '502 - internal error' });
  });

  it('embeds many texts at once, in the sizes that it has', async () => {
    const caller = client.with({ model: 'embed-v4.0' });
    const answer = await caller.embed({ input: ['a', 'b c'], dimensions: 256, input_type: 'search_query' });
    expect(answer).toMatchObject({ usage: { inputUncached: 3 } });
    expect(Object(answer).body.data.map((entry: object) => Object(entry).embedding.length)).toEqual([256, 256]);
    expect(await caller.embed({ input: 'a', dimensions: 300 })).toMatchObject({ code: 'upstream_rejected' });
  });
});

describe('the strictness of the fake', () => {
  it.each([
    ['an unknown field', { top_k: 5 }, 422],
    ['a role of OpenAI alone', { messages: [{ role: 'developer', content: 'a' }] }, 400],
    [
      'a system turn that is not the first',
      {
        messages: [
          { role: 'user', content: 'a' },
          { role: 'system', content: 'b' },
        ],
      },
      400,
    ],
    ['an empty turn', { messages: [{ role: 'user', content: '' }] }, 400],
    [
      'a conversation that ends with the assistant',
      {
        messages: [
          { role: 'user', content: 'a' },
          { role: 'assistant', content: 'b' },
        ],
      },
      400,
    ],
    [
      'a result without its call',
      {
        messages: [
          { role: 'user', content: 'a' },
          { role: 'tool', tool_call_id: 'b', content: 'c' },
        ],
      },
      400,
    ],
    ['a tool without parameters', { tools: [{ type: 'function', function: { name: 'a' } }] }, 400],
    ['a forced call of no tools', { tool_choice: 'REQUIRED' }, 400],
    ['JSON beside documents', { response_format: { type: 'json_object' }, documents: ['a'] }, 400],
    ['both penalties', { frequency_penalty: 0.5, presence_penalty: 0.5 }, 400],
    ['a top_p of 1', { p: 1 }, 400],
    ['six stops', { stop_sequences: ['a', 'b', 'c', 'd', 'e', 'f'] }, 400],
    ['thinking of no thinker', { thinking: { type: 'enabled' } }, 400],
  ])('refuses %s', async (_, wrong, status) => {
    const server = await startFakeProvider(createFakeCohere().listener);
    const headers = { authorization: 'Bearer co-fake', 'content-type': 'application/json' };
    const body = JSON.stringify({
      model: 'command-a-03-2025',
      messages: [{ role: 'user', content: 'Hello' }],
      ...wrong,
    });
    const response = await fetch(`${server.url}/v2/chat`, { method: 'POST', headers, body });
    expect({ status: response.status, answer: await response.json() }).toMatchObject({
      status,
      answer: { id: expect.any(String), message: expect.any(String) },
    });
    await server.close();
  });
});
