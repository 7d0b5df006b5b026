import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chatAnswer, chatChunks, meteredChat, startUsageWorld, type UsageWorld } from '../testing/start-usage-world.ts';

const path = '/v1/chat/completions';
const embeddings = { id: 'metered-embedding', operation: 'embeddings', rates: { inputUncached: '20000' } } as const;
const gpt = { ...meteredChat, id: 'gpt-4o' };
const russian = 'Два месяца ушло на то, чтобы понять, какая из двух машин ошибается. Оказалось, что обе. '.repeat(40);
const chinese = '城南的旧书店开了四十多年，店主姓陈，今年已经七十三岁。'.repeat(50);
/** By tiktoken 1.0.22, o200k_base. */
const truth = { russian: 1001, chinese: 1100 };

let metered: UsageWorld;
beforeAll(async () => {
  metered = await startUsageWorld([gpt, embeddings]);
});
afterAll(() => metered.stop());

const ask = (content: string, answer = 'yes', body: object = {}) =>
  metered.ask(path, { model: gpt.id, messages: [{ role: 'user', content }], ...body }, chatAnswer(undefined, answer));
const errorPercent = (estimate: number | undefined, tokens: number) =>
  (100 * Math.abs((estimate ?? 0) - tokens)) / tokens;

describe('usage that reports 0 for a side that the request has', () => {
  const messages = [{ role: 'user', content: 'hello there' }];
  const nothing = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
  const answerOnly = { prompt_tokens: 0, completion_tokens: 7, total_tokens: 7 };
  const promptOnly = { prompt_tokens: 11, completion_tokens: 0, total_tokens: 11 };

  it.each([
    ['nothing at all', nothing, { inputUncached: 9, outputText: 1 }],
    ['the prompt alone', promptOnly, { inputUncached: 11, outputText: 1 }],
    ['the answer alone', answerOnly, { inputUncached: 9, outputText: 7 }],
  ])('is charged by an estimate, flagged: %s (I22)', async (_what, usage, expected) => {
    const whole = await metered.ask(path, { model: gpt.id, messages }, chatAnswer(usage));
    const streamed = await metered.stream(
      path,
      { model: gpt.id, messages, stream_options: { include_usage: true } },
      chatChunks(usage),
    );
    const received = [whole.json, streamed.last];

    for (const [at, { event }] of [whole, streamed].entries()) {
      expect(event).toMatchObject({ usage: expected, estimated: true, estimate: { method: 'o200k_base' } });
      expect(received[at]?.usage).toMatchObject({
        ...{ prompt_tokens: expected.inputUncached, completion_tokens: expected.outputText },
        cost_nano_usd: event.amountNanoUsd,
      });
    }
  });

  it('stays 0 if the answer is empty', async () => {
    const { event } = await metered.ask(path, { model: gpt.id, messages }, chatAnswer(nothing, ''));

    expect(event).toMatchObject({ usage: { inputUncached: 0, outputText: 0 }, amountNanoUsd: '0', estimated: false });
  });

  it('is estimated for embeddings without any token (I22)', async () => {
    const data = [{ object: 'embedding', index: 0, embedding: [0.1] }];
    const usage = { prompt_tokens: 0, total_tokens: 0 };
    const { event } = await metered.ask(
      '/v1/embeddings',
      { model: embeddings.id, input: 'hello there' },
      { object: 'list', model: 'm', data, usage },
    );

    expect(event).toMatchObject({ usage: { inputUncached: 2 }, estimated: true });
  });
});

describe('the estimate of an answer without usage', () => {
  it('counts the words of a prompt, and not the JSON around them', async () => {
    const plain = await ask('hello there');
    const streamed = await metered.stream(
      path,
      { model: gpt.id, messages: [{ role: 'user', content: 'hello there' }], stream_options: { include_usage: true } },
      chatChunks(undefined),
    );

    for (const { event } of [plain, streamed]) {
      expect(event).toMatchObject({
        ...{ usage: { inputUncached: 9, outputText: 1 }, estimated: true },
        estimate: { method: 'o200k_base', version: 'gpt-tokenizer@4.0.0/1', errorBandPercent: 5 },
      });
    }
  });

  it('does not depend on where a provider cuts its chunks', async () => {
    const content = 'Understandably, incomprehensible internationalisation. '.repeat(20);
    const whole = await ask('hello there', content);
    const pieces = content.match(/.{1,3}/g) ?? [];
    const chunks = [...pieces, null].flatMap((piece) =>
      [0, 1].map((index) => ({
        ...{ id: 'a', object: 'chat.completion.chunk', created: 1, model: 'm' },
        choices: [{ index, delta: { content: piece }, finish_reason: piece === null ? 'stop' : null }],
      })),
    );
    const body = { model: gpt.id, n: 2, max_tokens: 2000, messages: [{ role: 'user', content: 'hello there' }] };
    const { event } = await metered.stream(path, body, chunks);

    expect(errorPercent(event.usage.outputText, 2 * (whole.event.usage.outputText ?? 0))).toBeLessThan(1);
  });

  it('is near the truth for Russian and Chinese, prompt and answer', async () => {
    const [first, second] = [await ask(russian, chinese), await ask(chinese, russian)];

    expect(errorPercent(first.event.usage.inputUncached, truth.russian)).toBeLessThan(5);
    expect(errorPercent(first.event.usage.outputText, truth.chinese)).toBeLessThan(5);
    expect(errorPercent(second.event.usage.inputUncached, truth.chinese)).toBeLessThan(5);
    expect(errorPercent(second.event.usage.outputText, truth.russian)).toBeLessThan(5);
  });

  it('is the same for a prompt that was sent with escaped letters', async () => {
    const toEscaped = (text: string) =>
      text.replace(/[\u0080-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
    const body = JSON.stringify({ model: gpt.id, messages: [{ role: 'user', content: russian }] });
    const plain = await metered.ask(path, body, chatAnswer(undefined));
    const escaped = await metered.ask(path, toEscaped(body), chatAnswer(undefined));

    expect(escaped.event.usage).toEqual(plain.event.usage);
  });

  it('counts reasoning and the arguments of tool calls of a stream', async () => {
    const call = { index: 0, id: 'c1', type: 'function', function: { name: 'find', arguments: '{"city":"Oslo"}' } };
    const [begin, finish] = chatChunks(undefined);
    const delta = { reasoning_content: 'The user wants the weather. ', tool_calls: [call] };
    const chunk = { ...begin, choices: [{ index: 0, delta, finish_reason: null }] };
    const body = { model: gpt.id, messages: [{ role: 'user', content: 'Weather?' }] };
    const { event } = await metered.stream(path, body, [chunk, finish ?? {}]);

    // 7 of reasoning, 1 of the name and 6 of the arguments, by tiktoken.
    expect(event.usage.outputText).toBeGreaterThanOrEqual(13);
    expect(event.usage.outputText).toBeLessThanOrEqual(14);
  });

  it('counts the texts and the token ids of embeddings', async () => {
    const data = [{ object: 'embedding', index: 0, embedding: [0.5] }];
    const texts = await metered.ask('/v1/embeddings', { model: embeddings.id, input: 'hello there' }, { data });
    const ids = await metered.ask('/v1/embeddings', { model: embeddings.id, input: [1, 2, 3, 4, 5] }, { data });

    expect(texts.event).toMatchObject({ usage: { inputUncached: 2 }, estimated: true });
    expect(ids.event).toMatchObject({ usage: { inputUncached: 5 }, estimated: true });
  });
});
