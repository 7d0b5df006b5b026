import { adapterFor } from '@aggregator/providers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type FakeProviderServer, startFakeProvider } from '../fake-provider-server.ts';
import { describeFake } from '../testing/describe-fake.ts';
import { FakeClient } from '../testing/fake-client.ts';
import { createFakeYandex } from './index.ts';

describeFake('the fake of Yandex', {
  adapter: adapterFor('Yandex'),
  fake: createFakeYandex({ credential: 'AQVN-right', folder: 'b1gright' }),
  path: '/v1',
  credential: 'AQVN-right',
  options: { folder: 'b1gright' },
  chatModel: 'yandexgpt/latest',
  visionModel: 'yandexgpt/latest',
  embeddingModel: 'text-search-doc/latest',
});

describe('Yandex through its adapter', () => {
  const fake = createFakeYandex({ credential: 'AQVN-right', folder: 'b1gright' });
  const user = (content: string) => [{ role: 'user' as const, content }];
  let server: FakeProviderServer;
  let client: FakeClient;

  beforeAll(async () => {
    server = await startFakeProvider(fake.listener);
    const rest = {
      model: 'yandexgpt/latest',
      maxOutputTokens: null,
      attemptId: 'a/1',
      options: { folder: 'b1gright' },
    };
    client = new FakeClient(adapterFor('Yandex'), { baseUrl: `${server.url}/v1`, credential: 'AQVN-right', ...rest });
  });
  afterAll(() => server.close());

  it('is refused with another folder, as our set-up', async () => {
    const wrong = await client.with({ options: { folder: 'b1gwrong' } }).ask({ messages: user('Hello') });
    expect(wrong.error).toMatchObject({ code: 'upstream_misconfigured', mayFailOver: true });
    const untold = client.with({ options: {}, model: 'gpt://b1gright/yandexgpt/latest' });
    expect((await untold.ask({ messages: user('Hello') })).error?.code).toBe('upstream_misconfigured');
  });

  it('reports usage on a stream without a request for it', async () => {
    const { usage, text } = await client.stream({ messages: user('Hello') });
    expect(usage).toEqual({ inputUncached: 4, outputText: 3 });
    expect(text).toBe('You said: Hello');
    expect(fake.ledger.records.at(-1)?.request).not.toHaveProperty('stream_options');
  });

  it('shows what gpt-oss thinks, and gets the effort in the words that it has', async () => {
    const thinker = client.with({ model: 'gpt-oss-120b/latest' });
    for (const [asked, sent] of Object.entries({ minimal: 'low', medium: 'medium', xhigh: 'high', max: 'high' })) {
      const { reasoning, error } = await thinker.ask({ messages: user('Hello'), reasoning_effort: asked });
      expect({ reasoning, error }).toEqual({ reasoning: 'The user wants to talk about this: Hello', error: null });
      expect(fake.ledger.records.at(-1)?.request).toMatchObject({ reasoning_effort: sent });
    }
    const streamed = await thinker.stream({ messages: user('Hello'), reasoning: { max_tokens: 99 }, max_tokens: 99 });
    expect(streamed.reasoning).toBe('The user wants to talk about this: Hello');
    expect(streamed.droppedParams).toEqual(['reasoning.max_tokens']);
    expect(streamed.usage?.outputReasoning).toBeGreaterThan(0);
  });

  it('turns gpt-oss, which always thinks, down if thinking must be off, and says so', async () => {
    const request = { messages: user('Hello'), reasoning: { enabled: false } };
    const { droppedParams } = await client.with({ model: 'gpt-oss-120b/latest' }).ask(request);
    expect(droppedParams).toEqual(['reasoning']);
    expect(fake.ledger.records.at(-1)?.request).toMatchObject({ reasoning_effort: 'low' });
  });

  it('gets no thinking parameter if its model would reject it, and the caller is warned', async () => {
    const asked = await client.ask({ messages: user('Hello'), reasoning_effort: 'high' });
    expect(asked).toMatchObject({ error: null, reasoning: '', droppedParams: ['reasoning_effort'] });
    expect(fake.ledger.records.at(-1)?.request).not.toHaveProperty('reasoning_effort');
    const address = `${server.url}/v1/chat/completions`;
    const body = { model: 'gpt://b1gright/yandexgpt/latest', messages: user('Hello'), reasoning_effort: 'high' };
    const headers = { authorization: 'Bearer AQVN-right', 'openai-project': 'b1gright' };
    const refused = await fetch(address, { method: 'POST', headers, body: JSON.stringify(body) });
    expect(refused.status).toBe(400);
  });

  it('embeds one text with each call, and would refuse a batch', async () => {
    const caller = client.with({ model: 'text-search-doc/latest' });
    expect(adapterFor('Yandex').embeddings?.inputsMax).toBe(1);
    expect(await caller.embed({ input: ['a'] })).toMatchObject({ usage: { inputUncached: 1 } });
    expect(fake.ledger.records.at(-1)?.request).toEqual({
      model: 'emb://b1gright/text-search-doc/latest',
      input: 'a',
      encoding_format: 'float',
    });
    expect(await caller.embed({ input: ['a', 'b'] })).toMatchObject({ code: 'upstream_rejected' });
  });
});
