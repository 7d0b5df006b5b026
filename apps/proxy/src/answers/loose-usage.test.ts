import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chatAnswer, chatChunks, startUsageWorld, type UsageWorld } from '../testing/start-usage-world.ts';

/** 1,000 nano-USD an input token, 10,000 an output or reasoning token. */
const rates = { inputUncached: '1000000', outputText: '10000000', outputReasoning: '10000000' };

let metered: UsageWorld;
beforeAll(async () => {
  metered = await startUsageWorld([{ id: 'metered-chat', operation: 'chat.completions', rates }]);
});
afterAll(() => metered.stop());

const path = '/v1/chat/completions';
const asked = { model: 'metered-chat', messages: [{ role: 'user', content: 'word '.repeat(1000) }] };
const kimi = { prompt_tokens: 1000, completion_tokens: 3, total_tokens: 1003 };

const reports = [
  [
    'D01, D02',
    { ...{ prompt_tokens: 32, completion_tokens: 9, total_tokens: 135 }, ...reasoned(94) },
    { amountNanoUsd: '1062000', usage: { inputUncached: 32, outputText: 9, outputReasoning: 94 } },
  ],
  [
    'D01, D02',
    { prompt_tokens: 5, completion_tokens: 10, total_tokens: 230 },
    { amountNanoUsd: '2255000', usage: { inputUncached: 5, outputText: 10, outputReasoning: 215 } },
  ],
  ...[
    { prompt_tokens_details: [] },
    { prompt_tokens_details: { cached_tokens: -1 } },
    { prompt_tokens_details: { cached_tokens: '0' } },
    { prompt_tokens_details: 'none' },
    reasoned(1.5),
  ].map((odd) => ['D40', { ...kimi, ...odd }, { amountNanoUsd: '1030000' }] as const),
] as const;

function reasoned(tokens: number): object {
  return { completion_tokens_details: { reasoning_tokens: tokens } };
}

describe('the charge of a server that reports usage in another form', () => {
  it.each(reports)('%s: counts %j, plain and streamed', async (_id, reported, expected) => {
    const plain = await metered.ask(path, asked, chatAnswer(reported));
    const streamed = await metered.stream(path, asked, chatChunks(reported));

    for (const { event } of [plain, streamed]) expect(event).toMatchObject({ ...expected, estimated: false });
  });

  it.each([
    ['the last choice', { choices: [{ index: 0, delta: {}, finish_reason: 'stop', usage: kimi }] }],
    ['x_groq', { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], x_groq: { id: 'g', usage: kimi } }],
  ])('D03: counts usage in %s, and the client receives it', async (_place, last) => {
    const [first] = chatChunks(undefined);
    const { events, event } = await metered.stream(path, { ...asked, stream_options: { include_usage: true } }, [
      { ...first },
      { ...first, ...last },
    ]);

    expect(event).toMatchObject({ amountNanoUsd: '1030000', estimated: false });
    expect(JSON.parse(events.at(-1) ?? '{}').usage).toMatchObject(kimi);
  });
});
