import { chatCompletionRequest } from '@aggregator/contracts';
import { adapterFor, type ProviderTarget, SseParser } from '@aggregator/providers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { type FakeProviderServer, startFakeProvider } from '../fake-provider-server.ts';
import { createFakeGemini } from './index.ts';
import { fakeModels } from './models.ts';

const adapter = adapterFor('Gemini');
const fake = createFakeGemini();
const said = {
  content: z.string().nullish(),
  refusal: z.string().nullish(),
  reasoning_content: z.string().optional(),
  reasoning_details: z.array(z.looseObject({})).optional(),
  images: z.array(z.looseObject({})).optional(),
  tool_calls: z
    .array(z.looseObject({ id: z.string(), function: z.looseObject({ name: z.string(), arguments: z.string() }) }))
    .optional(),
};
type Said = z.infer<z.ZodObject<typeof said>>;
const answerOf = z.looseObject({
  choices: z
    .array(z.looseObject({ message: z.looseObject(said), finish_reason: z.string(), logprobs: z.unknown() }))
    .min(1),
});
const chunkOf = z.looseObject({
  choices: z.array(z.looseObject({ delta: z.looseObject(said), finish_reason: z.string().nullish() })),
});
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const tools = ['weather', 'clock'].map((name) => ({ type: 'function', function: { name, parameters } }));
const user = (content: unknown) => ({ role: 'user', content });
const chatModels = fakeModels
  .filter(({ methods, draws }) => methods.includes('generateContent') && !draws)
  .map(({ id }) => id);

describe('the adapter, against the fake', () => {
  let server: FakeProviderServer;

  beforeAll(async () => {
    server = await startFakeProvider(fake.listener);
  });
  afterAll(() => server.close());

  function toTarget(model: string): ProviderTarget {
    const baseUrl = `${server.url}/v1beta`;
    return { baseUrl, credential: 'AIza-fake', model, maxOutputTokens: 8000, attemptId: 'r/1', options: {} };
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
      throw Object.assign(new Error(error.internal), error);
    }
    return { response, droppedParams };
  }

  async function ask(model: string, fields: object) {
    const { response, droppedParams } = await send(model, fields, false);
    const { body, usage } = adapter.chat.fromResponse(await response.text());
    const { choices } = answerOf.parse(body);
    const [choice] = choices;
    return { ...choice?.message, finishReason: choice?.finish_reason, choices, usage, droppedParams };
  }

  async function stream(model: string, fields: object) {
    const { response } = await send(model, fields, true);
    const translator = adapter.chat.createStream({ includeUsage: true });
    const parser = new SseParser();
    const events = parser.push(Buffer.from(await response.arrayBuffer()));
    const chunks = [...events, ...parser.end()]
      .flatMap((event) => translator.push(event))
      .map((text) => chunkOf.parse(JSON.parse(text)));
    const message = joinDeltas(chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta)));
    return { ...message, translator, end: translator.end() };
  }

  it.each(chatModels)('%s takes every field that the table maps', async (model) => {
    const format = { type: 'json_schema', json_schema: { name: 'place', schema: parameters } };
    const requests = [
      { temperature: 0.3, top_p: 0.9, top_k: 5, stop: ['END', 'FIN'], max_tokens: 100, seed: 3, store: false },
      { frequency_penalty: 1, presence_penalty: 1, logit_bias: { 1: 1 }, user: 'u', max_completion_tokens: 9000 },
      { logprobs: true, top_logprobs: 3 },
      { response_format: { type: 'json_object' } },
      { response_format: format },
      { tools, parallel_tool_calls: false, tool_choice: 'none' },
      { tools: tools.map((tool) => ({ ...tool, function: { ...tool.function, strict: true } })) },
      ...['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'].map((effort) => ({ reasoning_effort: effort })),
      ...[{ max_tokens: 5 }, { max_tokens: 99_000 }, { enabled: true }, { enabled: false }].map((reasoning) => ({
        reasoning,
      })),
      { messages: [{ role: 'system', content: 'a' }, user('b'), { role: 'developer', content: 'c' }] },
      { messages: [{ role: 'system', content: 'a' }] },
      {
        messages: [
          user('a'),
          { role: 'assistant', content: 'b' },
          { role: 'assistant', content: 'c' },
          user('d'),
          user('e'),
        ],
      },
    ];
    for (const fields of requests) {
      expect(await ask(model, fields)).toMatchObject({
        finishReason: 'stop',
        usage: { inputUncached: expect.any(Number) },
      });
    }
  });

  it.each(chatModels)(
    '%s goes through ten rounds of calls, plain and streamed, with its signatures given back',
    async (model) => {
      const messages: object[] = [user('Weather in Brno? #loop=10')];
      for (let round = 0; round < 10; round += 1) {
        const called =
          round % 2 === 0 ? await ask(model, { tools, messages }) : await stream(model, { tools, messages });
        const { content, tool_calls: calls = [], reasoning_details } = called;
        expect(calls).toHaveLength(1);
        messages.push({ role: 'assistant', content, tool_calls: calls, reasoning_details });
        messages.push(...calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: `${round}` })));
      }
      // Every signature was the model's own: none had to be excused.
      expect(JSON.stringify(fake.ledger.records.at(-1)?.request)).not.toContain('skip_thought_signature');
      const ids = messages.flatMap((message) => ('tool_call_id' in message ? [message.tool_call_id] : []));
      expect(new Set(ids).size).toBe(10);
      expect((await ask(model, { tools, messages })).content).toBe('The tools say: 0123456789');
    },
  );

  it.each(chatModels)('%s makes parallel calls, and continues if another lost their signatures', async (model) => {
    const first = user('Weather and time in Brno? #tools');
    const {
      tool_calls: calls = [],
      finishReason,
      reasoning_details,
    } = await stream(model, { tools, messages: [first] }).then((streamed) => ({
      ...streamed,
      finishReason: streamed.translator.isComplete,
    }));
    expect(finishReason).toBe(true);
    expect(calls.map((call) => call.function)).toMatchObject([{ name: 'weather' }, { name: 'clock' }]);
    const results = calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: 'fine' })).toReversed();
    const kept = [first, { role: 'assistant', tool_calls: calls, reasoning_details }, ...results];
    expect((await ask(model, { tools, messages: kept })).content).toBe('The tools say: finefine');
    const lost = [first, { role: 'assistant', tool_calls: calls }, ...results];
    expect((await ask(model, { tools, messages: lost })).content).toBe('The tools say: finefine');
  });

  it('shows thoughts if they are asked for, and counts them beside the answer', async () => {
    const fields = { reasoning_effort: 'high' };
    const shown = await ask('gemini-3.8-flash', fields);
    expect(shown).toMatchObject({
      content: 'You said: Hello',
      reasoning_content: 'The user wants to talk about this: Hello',
    });
    expect(shown.usage?.outputReasoning).toBeGreaterThan(0);
    expect(await stream('gemini-3.8-flash', fields)).toMatchObject({ reasoning_content: shown.reasoning_content });
    expect(await ask('gemini-3.8-flash', {})).not.toHaveProperty('reasoning_content');
    expect((await ask('gemini-2.5-flash', { reasoning_effort: 'none' })).usage).not.toHaveProperty('outputReasoning');
  });

  it('streams what it answers plain, with the usage that the ledger has', async () => {
    const fields = { messages: [user('Hello "wörld"\n\tand\\more #words=20 #cached')], reasoning_effort: 'low' };
    const plain = await ask('gemini-4-argon', fields);
    const { translator, content, end } = await stream('gemini-4-argon', fields);
    expect(content).toBe(plain.content);
    expect(translator).toMatchObject({ isComplete: true, malformedEvents: 0, error: null, usage: plain.usage });
    expect(plain.usage?.cacheRead).toBeGreaterThan(0);
    expect(end).toMatchObject({
      choices: [],
      usage: { prompt_tokens_details: { cached_tokens: plain.usage?.cacheRead } },
    });
    const [one, other] = fake.ledger.records.slice(-2);
    expect(other).toMatchObject({ attemptId: 'r/1', state: 'completed', usage: one?.usage });
    expect(one?.usage).toMatchObject({ candidates: plain.usage?.outputText, thoughts: plain.usage?.outputReasoning });
  });

  it('gives several choices with the probabilities of their tokens', async () => {
    const { choices } = await ask('gemini-2.5-flash', { n: 2, logprobs: true, top_logprobs: 2 });
    expect(choices.map(({ message }) => message.content)).toEqual(['You said: Hello', 'You said: Hello (1)']);
    expect(choices[0]?.logprobs).toMatchObject({ content: [{ token: 'You', top_logprobs: [{}, {}] }, {}, {}] });
  });

  it('shows pictures, sounds, files and the system to the model, and its own pictures again', async () => {
    const parts = [
      { type: 'text', text: 'See' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
      { type: 'image_url', image_url: { url: 'https://images.example/a.png' } },
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } },
      { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
    ];
    const seen = await ask('gemini-2.5-pro', { messages: [user(parts)] });
    expect(seen).toMatchObject({ content: 'I see 3 pictures and hear 1 sounds.', usage: { audioIn: 32 } });
    const conversation = [{ role: 'system', content: 'one' }, user('#system'), { role: 'developer', content: 'two' }];
    expect((await ask('gemini-4-argon', { messages: conversation })).content).toBe('The system says: one two');
    const drawing = { modalities: ['text', 'image'], messages: [user('#draw')] };
    const { translator, end: _end, ...drawn } = await stream('gemini-3.1-flash-image', drawing);
    expect(drawn.images).toHaveLength(1);
    expect(translator.usage?.imageOut).toBe(1120);
    const again = { ...drawing, messages: [user('#draw'), { role: 'assistant', ...drawn }, user('Nice')] };
    expect((await ask('gemini-3.1-flash-image', again)).content).toBe('You said: Nice');
  });

  it('ends in a limit, a block and an error as they are', async () => {
    const model = 'gemini-3.8-flash';
    const about = (content: string) => ({ messages: [user(content)] });
    expect(await ask(model, { max_tokens: 1 })).toMatchObject({ content: 'You', finishReason: 'length' });
    expect(await ask(model, about('#refuse'))).toMatchObject({ content: 'You', finishReason: 'content_filter' });
    const blocked = { code: 'content_policy_violation' };
    await expect(ask(model, about('#block'))).rejects.toMatchObject(blocked);
    expect((await stream(model, about('#block'))).translator).toMatchObject({ error: blocked });
    await expect(ask(model, about('#malformed'))).rejects.toMatchObject({ code: 'upstream_invalid_response' });
    await expect(ask(model, about('#rate-limit'))).rejects.toMatchObject({
      code: 'rate_limit_exceeded',
      retryAfterMs: 1500,
    });
    await expect(ask(model, about('#day-limit'))).rejects.toMatchObject({
      code: 'rate_limit_exceeded',
      isRetryable: false,
    });
    await expect(ask(model, about('#dead-key'))).rejects.toMatchObject({
      code: 'upstream_misconfigured',
      isKeyAtFault: true,
    });
    await expect(ask(model, about('#too-long'))).rejects.toMatchObject({ code: 'context_length_exceeded' });
    await expect(ask(model, about('#overloaded'))).rejects.toMatchObject({ code: 'upstream_error', isRetryable: true });
    await expect(ask('gemini-9', {})).rejects.toMatchObject({ code: 'model_not_found' });
    const { translator, end } = await stream(model, about('#error-event'));
    expect(translator).toMatchObject({
      isComplete: false,
      usage: null,
      error: { code: 'upstream_error', isRetryable: true },
    });
    expect(end).toBeNull();
  });

  it('makes embeddings and images', async () => {
    const { embeddings, images } = adapter;
    const embed = embeddings?.toRequest(
      { model: 'm', input: ['a', 'b'], dimensions: 4 },
      toTarget('gemini-embedding-001'),
    );
    const vectors = await fetch(embed?.endpoint.url ?? '', { ...embed?.endpoint, body: embed?.body ?? '' });
    const answer = embeddings?.fromResponse(await vectors.text(), { model: 'm', input: ['a', 'b'] });
    expect(answer).toMatchObject({ body: { data: [{ index: 0 }, { index: 1 }] }, usage: { inputUncached: 2 } });
    const request = { model: 'm', prompt: 'A cat', size: '1536x1024' };
    const draw = images?.toRequest(request, toTarget('gemini-3.1-flash-image'));
    const drawn = await fetch(draw?.endpoint.url ?? '', { ...draw?.endpoint, body: draw?.body ?? '' });
    expect(images?.fromResponse(await drawn.text(), request)).toMatchObject({
      body: { data: [{ b64_json: expect.stringMatching(/^iVBOR/) }] },
      usage: { imageOut: 1120 },
    });
  });

  it('counts tokens before they are spent, and proves its key for nothing', async () => {
    const request = chatCompletionRequest.parse({
      model: 'm',
      messages: [user('one two three')],
      tools,
      max_tokens: 50,
    });
    const counted = adapter.tokenCount?.toRequest(request, toTarget('gemini-2.5-pro'));
    const count = await fetch(counted?.endpoint.url ?? '', { ...counted?.endpoint, body: counted?.body ?? '' });
    const spent = await ask('gemini-2.5-pro', request);
    expect(adapter.tokenCount?.fromResponse(await count.text())).toBe(spent.usage?.inputUncached);
    const probe = adapter.probe(toTarget('x'));
    expect((await fetch(probe.url, { headers: probe.headers })).status).toBe(200);
    const stranger = adapter.probe({ ...toTarget('x'), credential: 'wrong' });
    const refused = await fetch(stranger.url, { headers: stranger.headers });
    expect(adapter.classifyError(refused.status, {}, await refused.text())).toMatchObject({ isKeyAtFault: true });
  });
});

/** Deltas of the first choice, joined as a client joins them. */
function joinDeltas(deltas: readonly Said[]): Said {
  const joined: Said = { content: '' };
  for (const delta of deltas) {
    joined.content = (joined.content ?? '') + (delta.content ?? '');
    if (delta.reasoning_content) joined.reasoning_content = (joined.reasoning_content ?? '') + delta.reasoning_content;
    if (delta.tool_calls) joined.tool_calls = [...(joined.tool_calls ?? []), ...delta.tool_calls];
    if (delta.images) joined.images = [...(joined.images ?? []), ...delta.images];
    if (delta.reasoning_details)
      joined.reasoning_details = [...(joined.reasoning_details ?? []), ...delta.reasoning_details];
  }
  return joined;
}
