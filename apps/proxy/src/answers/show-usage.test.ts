import { openAiUsage } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chatAnswer, chatChunks, meteredChat, startUsageWorld, type UsageWorld } from '../testing/start-usage-world.ts';

const chat = {
  model: meteredChat.id,
  messages: [{ role: 'user', content: 'Say yes or no, please.' }],
  max_tokens: 500,
};
const streamed = { ...chat, stream_options: { include_usage: true } };
const path = '/v1/chat/completions';
const images = {
  id: 'metered-image',
  operation: 'images.generations',
  rates: { inputUncached: '5000000', outputText: '10000000', imageOut: '40000000' },
} as const;
const embeddings = { id: 'metered-embedding', operation: 'embeddings', rates: { inputUncached: '20000' } } as const;

let metered: UsageWorld;
beforeAll(async () => {
  metered = await startUsageWorld([meteredChat, images, embeddings]);
});
afterAll(() => metered.stop());

/** The same answer, plain and streamed. */
async function askBoth(usage: unknown) {
  const plain = await metered.ask(path, chat, chatAnswer(usage));
  const { last, event } = await metered.stream(path, streamed, chatChunks(usage));
  return [plain, { json: last, event }];
}

describe('reasoning beside completion tokens', () => {
  it.each([
    [{ reasoning_tokens: 94 }, { outputText: 9, outputReasoning: 94 }],
    [undefined, { outputText: 9, outputReasoning: 94 }],
  ])('is charged if the total counts it, with details %j', async (completion_tokens_details, output) => {
    const usage = { prompt_tokens: 32, completion_tokens: 9, total_tokens: 135, completion_tokens_details };

    for (const { json, event } of await askBoth(usage)) {
      expect(event).toMatchObject({ usage: { inputUncached: 32, ...output }, estimated: false });
      expect(json.usage).toMatchObject({
        ...{ prompt_tokens: 32, completion_tokens: 103, total_tokens: 135 },
        completion_tokens_details: { reasoning_tokens: 94 },
        cost_nano_usd: event.amountNanoUsd,
      });
    }
  });
});

describe('the usage that the caller gets', () => {
  it.each([
    [undefined],
    [null],
    [{}],
    [{ prompt_tokens: -5, completion_tokens: 3, total_tokens: -2 }],
    [{ prompt_tokens: 1.5, completion_tokens: 3 }],
  ])('is the estimate that is charged if the provider reports %j', async (usage) => {
    for (const { json, event } of await askBoth(usage)) {
      const { inputUncached, outputText } = event.usage;
      expect(event.estimated).toBe(true);
      expect(json.usage).toEqual({
        ...{ prompt_tokens: inputUncached, completion_tokens: outputText },
        total_tokens: (inputUncached ?? 0) + (outputText ?? 0),
        ...{ cost: json.cost, cost_nano_usd: event.amountNanoUsd },
      });
    }
  });

  it.each([
    { prompt_tokens_details: [] },
    { prompt_tokens_details: { cached_tokens: -1 } },
    { prompt_tokens_details: { cached_tokens: '0' } },
    { completion_tokens_details: { reasoning_tokens: 1.5 } },
  ])('has the totals of the provider, and no odd detail: %j', async (odd) => {
    for (const { json, event } of await askBoth({
      prompt_tokens: 20,
      completion_tokens: 3,
      total_tokens: 23,
      ...odd,
    })) {
      expect(event).toMatchObject({ usage: { inputUncached: 20, outputText: 3 }, estimated: false });
      expect(json.usage).toMatchObject({ prompt_tokens: 20, completion_tokens: 3, total_tokens: 23 });
      expect(openAiUsage.safeParse(json.usage).success).toBe(true);
    }
  });

  it('is the bound that is charged if the provider reports more', async () => {
    for (const { json, event } of await askBoth({ prompt_tokens: 20, completion_tokens: 501, total_tokens: 521 })) {
      expect(event.reportedUsage).toEqual({ inputUncached: 20, outputText: 501 });
      expect(json.usage).toMatchObject({ completion_tokens: 500, total_tokens: 520 });
    }
  });

  it('is the smaller reading of figures that contradict each other, and the event keeps them all', async () => {
    for (const { json, event } of await askBoth({ prompt_tokens: 20, completion_tokens: 9, total_tokens: 25 })) {
      expect(event).toMatchObject({
        usage: { inputUncached: 20, outputText: 5 },
        reportedUsage: { inputUncached: 20, outputText: 9 },
        estimated: true,
      });
      expect(json.usage).toMatchObject({ prompt_tokens: 20, completion_tokens: 5, total_tokens: 25 });
    }
  });

  it('is the provider’s own object if it is what is charged', async () => {
    const usage = { prompt_tokens: 20, completion_tokens: 3, total_tokens: 23, queue_time: 0.5 };

    for (const { json, event } of await askBoth(usage)) {
      expect(json.usage).toEqual({ ...usage, cost: json.cost, cost_nano_usd: event.amountNanoUsd });
    }
  });

  it('is read from the last choice of a stream', async () => {
    const usage = { prompt_tokens: 20, completion_tokens: 3, total_tokens: 23 };
    const [first, finish] = chatChunks(undefined);
    const last = { ...finish, choices: [{ index: 0, delta: {}, finish_reason: 'stop', usage }] };
    const { last: reported, event } = await metered.stream(path, streamed, [first ?? {}, last]);

    expect(event).toMatchObject({ usage: { inputUncached: 20, outputText: 3 }, estimated: false });
    expect(reported.usage).toMatchObject(usage);
  });

  it('has the exact cost on each surface if the provider reports no usage', async () => {
    const bodies: [string, object][] = [
      ['/v1/completions', { model: chat.model, prompt: 'Say yes.', max_tokens: 50 }],
      ['/v1/responses', { model: chat.model, input: 'Say yes.', max_output_tokens: 50 }],
      ['/v1/messages', { ...chat, max_tokens: 50 }],
    ];
    for (const [surface, body] of bodies) {
      const { json, event } = await metered.ask(surface, body, chatAnswer(undefined));
      expect([surface, json.usage?.cost_nano_usd]).toEqual([surface, event.amountNanoUsd]);
    }
  });

  it('has the exact cost in embeddings and images if the provider reports no usage', async () => {
    const data = [{ object: 'embedding', index: 0, embedding: [0.5] }];
    const vectors = await metered.ask('/v1/embeddings', { model: embeddings.id, input: 'a text' }, { data });
    const tokens = vectors.event.usage.inputUncached;
    expect(vectors.json.usage).toMatchObject({ prompt_tokens: tokens, cost_nano_usd: vectors.event.amountNanoUsd });

    const request = { model: images.id, prompt: 'a cat' };
    const picture = await metered.ask('/v1/images/generations', request, { data: [{ b64_json: 'aGk=' }] });
    expect(picture.json.usage?.cost_nano_usd).toBe(picture.event.amountNanoUsd);
  });

  it('has the exact cost at the top of the last chunk if the client asked for no usage', async () => {
    const { last, event } = await metered.stream(path, chat, chatChunks(undefined));

    expect(last).toMatchObject({ cost: expect.any(Number), cost_nano_usd: event.amountNanoUsd });
    expect(last.usage ?? null).toBeNull();
  });
});
