import { reasoningDetail } from '@aggregator/contracts';
import type { ProviderAdapter, ProviderTarget } from '@aggregator/providers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type FakeProviderServer, startFakeProvider } from '../fake-provider-server.ts';
import type { FakeOpenAiDialect } from '../openai/dialect.ts';
import { FakeClient, type Said } from './fake-client.ts';

export interface FakeUnderTest {
  adapter: ProviderAdapter;
  fake: FakeOpenAiDialect;
  /** The version path. */
  path: string;
  credential: string;
  options?: Readonly<Record<string, string>>;
  chatModel: string;
  /** A model that reads pictures; the same if all do. */
  visionModel: string;
  embeddingModel: string;
}

const user = (content: string) => [{ role: 'user' as const, content }];
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const toolNamed = (name: string) => ({ type: 'function', function: { name, description: 'Shows.', parameters } });
const tools = [toolNamed('weather'), toolNamed('time')];
const pixel = 'data:image/png;base64,iVBORw0KGgo=';

/**
 * Describes what holds of every fake and its adapter together: the fake is strict, so that the vendor takes every
 * request that the fake takes, and the adapter reads exactly what the fake has in its ledger.
 */
export function describeFake(name: string, subject: FakeUnderTest): void {
  let server: FakeProviderServer;
  let client: FakeClient;
  let attempts = 0;

  beforeAll(async () => {
    server = await startFakeProvider(subject.fake.listener);
    client = new FakeClient(subject.adapter, target());
  });
  afterAll(() => server.close());

  function target(): ProviderTarget {
    return {
      baseUrl: server.url + subject.path,
      credential: subject.credential,
      model: subject.chatModel,
      maxOutputTokens: null,
      attemptId: 'none/0',
      options: subject.options ?? {},
    };
  }

  /** A client whose attempt is found in the ledger. */
  function next(): { caller: FakeClient; attemptId: string } {
    attempts += 1;
    const attemptId = `attempt/${attempts}`;
    return { caller: client.with({ attemptId }), attemptId };
  }

  function expectCharged(attemptId: string, { usage }: Said): void {
    const [record] = subject.fake.ledger.find(attemptId);
    const { inputUncached = 0, cacheRead = 0, outputText = 0, outputReasoning = 0 } = usage ?? {};
    expect({ input: inputUncached + cacheRead, output: outputText + outputReasoning }).toEqual({
      input: record?.promptTokens,
      output: record?.completionTokens,
    });
    expect(record?.state).toBe('completed');
  }

  describe(`${name}: a conversation through its adapter`, () => {
    it.each([
      ['text', { messages: user('Hello there'), temperature: 0.5, top_p: 1, max_tokens: 100 }],
      ['instructions', { messages: [{ role: 'developer' as const, content: 'Be brief.' }, ...user('Say it #system')] }],
      ['a bound', { messages: user('Write on #words=50'), max_completion_tokens: 5 }],
      ['one call', { messages: user('Weather? #tool'), tools }],
      [
        'a forced call',
        { messages: user('Weather?'), tools, tool_choice: { type: 'function', function: { name: 'time' } } },
      ],
      ['calls at once', { messages: user('All of it #tools'), tools }],
      ['no call', { messages: user('Weather? #tool'), tools, tool_choice: 'none' }],
    ])('with %s is the same plain and streamed, and both are charged as the ledger says', async (_, request) => {
      const [first, second] = [next(), next()];
      const plain = await first.caller.ask(request);
      const streamed = await second.caller.stream(request);
      expect(plain.error).toBeNull();
      expect({ ...streamed, usage: null, details: [] }).toEqual({ ...plain, usage: null, details: [] });
      const outputOf = ({ usage }: Said) => (usage?.outputText ?? 0) + (usage?.outputReasoning ?? 0);
      expect(outputOf(streamed)).toBe(outputOf(plain));
      expectCharged(first.attemptId, plain);
      expectCharged(second.attemptId, streamed);
    });

    it('goes round with the results of its calls', async () => {
      const question = { role: 'user' as const, content: 'Weather and time? #tools' };
      const { calls, reasoning, details } = await client.ask({ messages: [question], tools });
      expect(calls.map((call) => call.function.name)).toEqual(['weather', 'time']);
      const results = calls.map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: '4 degrees' }));
      const kept = { ...(reasoning !== '' && { reasoning_content: reasoning }) };
      const answer = { role: 'assistant' as const, content: null, tool_calls: calls, ...kept };
      const messages = [question, { ...answer, reasoning_details: reasoningDetail.array().parse(details) }, ...results];
      expect((await client.ask({ messages, tools })).text).toBe('The tools say: 4 degrees');
      const half = await client.ask({ messages: messages.slice(0, 3), tools });
      expect(half.error).toMatchObject({ code: 'upstream_rejected', mayFailOver: false });
    });

    it('shows a picture', async () => {
      const content = [
        { type: 'text', text: 'What is it?' },
        { type: 'image_url', image_url: { url: pixel, detail: 'low' } },
      ];
      const seen = await client.with({ model: subject.visionModel }).ask({ messages: [{ role: 'user', content }] });
      expect(seen.text).toBe('I see 1 images.');
    });

    it('shows a picture that a tool made', async () => {
      const asked = { role: 'user' as const, content: 'What is it? #tool' };
      const seeing = client.with({ model: subject.visionModel });
      const call = { id: 'call_1', type: 'function' as const, function: { name: 'weather', arguments: '{}' } };
      const result = [
        { type: 'text', text: 'Seen from above' },
        { type: 'image_url', image_url: { url: pixel } },
      ];
      const messages = [
        asked,
        { role: 'assistant' as const, content: null, tool_calls: [call] },
        { role: 'tool' as const, tool_call_id: 'call_1', content: result },
      ];
      const { error, text } = await seeing.ask({ messages, tools });
      expect({ error, text }).toEqual({ error: null, text: 'I see 1 images.' });
    });

    it('answers JSON of a schema', async () => {
      const schema = { ...parameters, additionalProperties: false };
      const format = { type: 'json_schema', json_schema: { name: 'place', strict: true, schema } };
      const { text } = await client.ask({ messages: user('Brno'), response_format: format });
      expect(JSON.parse(text)).toEqual({ city: 'Brno' });
    });
  });

  describe(`${name}: a failure through its adapter`, () => {
    it.each([
      ['#rate-limit', 'rate_limit_exceeded'],
      ['#overloaded', 'upstream_error'],
      ['#policy', 'content_policy_violation'],
      ['#quota', 'upstream_misconfigured'],
      ['#too-long', 'context_length_exceeded'],
    ])('of %s is %s, plain and before a stream', async (word, code) => {
      expect((await client.ask({ messages: user(word) })).error?.code).toBe(code);
      expect((await client.stream({ messages: user(word) })).error?.code).toBe(code);
    });

    it('in the middle of a stream is reported, and a cut is never taken for a whole answer', async () => {
      const failed = await client.stream({ messages: user('Write on #words=20 #error-event') });
      expect(failed).toMatchObject({ isComplete: false, error: { code: 'upstream_error', mayFailOver: true } });
      const torn = await client.stream({ messages: user('Write on #words=20 #cut') });
      expect(torn).toMatchObject({ isComplete: false, error: null, finishReason: null });
      expect(torn.text).not.toBe('');
    });

    it('of an unknown model is known, and not tried again', async () => {
      const { error } = await client.with({ model: 'no-vendor/no-model' }).ask({ messages: user('Hello') });
      expect(error).toMatchObject({ code: 'model_not_found', isRetryable: false, mayFailOver: true });
    });

    it('of a wrong key is our set-up’s', async () => {
      const request = { messages: user('Hello') };
      for (const wrong of [{ credential: 'wrong-key' }, { credential: null }]) {
        expect((await client.with(wrong).ask(request)).error?.code).toBe('upstream_misconfigured');
      }
      expect(await client.probe()).toBe(200);
      expect(await client.with({ credential: 'wrong-key' }).probe()).toBe(401);
    });
  });

  describe(`${name}: embeddings through its adapter`, () => {
    it('are the same numbers as floats and as base64', async () => {
      const caller = client.with({ model: subject.embeddingModel });
      const floats = await caller.embed({ input: 'hello world' });
      const base64 = await caller.embed({ input: ['hello world'], encoding_format: 'base64' });
      expect(floats).toMatchObject({ usage: { inputUncached: 2 }, body: { object: 'list' } });
      const [one, other] = [floats, base64].map((answer) => Object(answer).body.data[0].embedding);
      const bytes = Buffer.from(other, 'base64');
      const decoded = Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
      expect(decoded).toHaveLength(one.length);
      expect(decoded[0]).toBeCloseTo(one[0], 6);
      expect(Math.hypot(...one)).toBeCloseTo(1, 5);
    });
  });
}
