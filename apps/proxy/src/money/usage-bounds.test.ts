import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chatAnswer, chatChunks, meteredChat, startUsageWorld, type UsageWorld } from '../testing/start-usage-world.ts';

const messages = [{ role: 'user', content: 'Say yes or no.' }];
const chat = { model: meteredChat.id, messages, max_tokens: 50 };
const huge = { prompt_tokens: 10, completion_tokens: 100_000_000, total_tokens: 100_000_010 };
const images = {
  id: 'metered-image',
  operation: 'images.generations',
  rates: { inputUncached: '5000000', outputText: '10000000', imageOut: '40000000' },
} as const;
const embeddings = {
  id: 'metered-embedding',
  operation: 'embeddings',
  contextLength: 8192,
  rates: { inputUncached: '20000' },
} as const;

let metered: UsageWorld;
const logged: string[] = [];
beforeAll(async () => {
  const logStream = new PassThrough();
  logStream.on('data', (bytes: Buffer) => logged.push(bytes.toString()));
  metered = await startUsageWorld([meteredChat, images, embeddings], {
    balanceNanoUsd: 50_000_000_000n,
    logStream,
  });
});
afterAll(() => metered.stop());

describe('a usage above the bounds of its request (I2)', () => {
  it.each([
    ['/v1/chat/completions', chat],
    ['/v1/completions', { model: chat.model, prompt: 'Say yes or no.', max_tokens: 50 }],
    ['/v1/responses', { model: chat.model, input: 'Say yes or no.', max_output_tokens: 50 }],
    ['/v1/messages', { model: chat.model, messages, max_tokens: 50 }],
  ])('charges the output bound on %s, plain and streamed, and keeps the report', async (path, body) => {
    const plain = await metered.ask(path, body, chatAnswer(huge));
    const streamed = await metered.stream(path, body, chatChunks(huge));

    for (const { event } of [plain, streamed]) {
      expect(event).toMatchObject({
        usage: { inputUncached: 10, outputText: 50 },
        reportedUsage: { inputUncached: 10, outputText: 100_000_000 },
        amountNanoUsd: '780000',
        estimated: true,
      });
    }
  });

  it('charges the input bound of embeddings', async () => {
    const body = { model: embeddings.id, input: 'a text of sixty bytes, more or less, to be embedded once' };
    const data = [{ object: 'embedding', index: 0, embedding: [0.5] }];
    const { event } = await metered.ask('/v1/embeddings', body, { data, usage: { prompt_tokens: 1e9 } });

    expect(event).toMatchObject({ reportedUsage: { inputUncached: 1e9 }, estimated: true });
    expect(event.usage.inputUncached).toBeLessThanOrEqual(JSON.stringify(body).length);
  });

  it('charges the output bound of images', async () => {
    const usage = { input_tokens: 5, output_tokens: 100_000_000 };
    const body = { model: images.id, prompt: 'a cat' };
    const { event } = await metered.ask('/v1/images/generations', body, { data: [{ b64_json: 'aGk=' }], usage });

    expect(event).toMatchObject({ usage: { imageOut: 8192 }, reportedUsage: { imageOut: 100_000_000 } });
  });

  it.each([1e12, 1e13, Number.MAX_SAFE_INTEGER])(
    'settles %d reported tokens and holds nothing afterwards',
    async (tokens) => {
      const usage = { prompt_tokens: tokens, completion_tokens: tokens };
      const { event, json } = await metered.ask('/v1/chat/completions', chat, chatAnswer(usage));

      expect(event.reportedUsage).toEqual({ inputUncached: tokens, outputText: tokens });
      expect(json.usage?.cost_nano_usd).toBe(event.amountNanoUsd);
      expect(event.usage.inputUncached).toBeLessThanOrEqual(JSON.stringify(chat).length);
      expect(event.usage.outputText).toBe(50);
      await metered.world.waitUntilNothingHeld();
    },
  );

  it('charges the smaller reading of a total that no model can have generated, flagged', async () => {
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 1e12 };
    const { event, json } = await metered.ask('/v1/chat/completions', chat, chatAnswer(usage));

    expect(event).toMatchObject({
      usage: { inputUncached: 10, outputText: 5 },
      estimated: true,
      amountNanoUsd: '105000',
    });
    expect(event.reportedUsage).toEqual({ inputUncached: 10, outputText: 5 });
    expect(json.usage).toMatchObject({ prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 });
  });

  it('reports a usage within the bounds as it is', async () => {
    const usage = { prompt_tokens: 20, completion_tokens: 50, total_tokens: 70 };
    const { event } = await metered.ask('/v1/chat/completions', chat, chatAnswer(usage));

    expect(event).toMatchObject({ usage: { inputUncached: 20, outputText: 50 }, estimated: false });
    expect(event.reportedUsage ?? null).toBeNull();
  });

  it('is counted and logged', async () => {
    await metered.ask('/v1/chat/completions', chat, chatAnswer(huge));

    expect(logged.filter((line) => line.includes('"usage_inconsistent"')).length).toBeGreaterThan(0);
    const metrics = (await metered.world.proxy.context.metrics.read()).text;
    expect(metrics).toMatch(
      /proxy_usage_inconsistent_total\{provider="metered",model="metered-chat",service="proxy"\} [1-9]/,
    );
  });
});
