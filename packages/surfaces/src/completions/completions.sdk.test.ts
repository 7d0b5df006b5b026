import { AppError } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import OpenAI from 'openai';
import { interleavedAnswer } from '../testing/arbitrary-answer.ts';
import { script } from '../testing/chat-script.ts';
import { SurfaceServer } from '../testing/surface-server.ts';
import { completionsSurface } from './index.ts';

const server = new SurfaceServer(completionsSurface);
const createClient = () => new OpenAI({ apiKey: 'agk_test', baseURL: server.baseUrl, maxRetries: 0 });
const ask = { model: 'acme/model', prompt: 'Say hello' };
const streamed = { ...ask, stream: true, stream_options: { include_usage: true } } as const;

async function joinStream(body: OpenAI.CompletionCreateParamsStreaming) {
  const joined = { text: '', finishReason: '', last: {} as object, logprobs: [] as unknown[] };
  for await (const chunk of await createClient().completions.create(body)) {
    expect(chunk).toMatchObject({ id: 'cmpl-7F3a', object: 'text_completion', model: 'model-that-served' });
    const [choice] = chunk.choices;
    joined.text += choice?.text ?? '';
    joined.finishReason = choice?.finish_reason ?? joined.finishReason;
    joined.logprobs.push(...(choice?.logprobs?.text_offset ?? []));
    joined.last = chunk;
  }
  return joined;
}

describe("OpenAI's SDK on /v1/completions", () => {
  it('reads a stream as the text of a plain answer', async () => {
    await fc.assert(
      fc.asyncProperty(interleavedAnswer, async (answer) => {
        server.script = answer;
        const plain = await createClient().completions.create(ask);
        const { text, finishReason } = await joinStream(streamed);
        expect([...text].sort()).toEqual([...(plain.choices[0]?.text ?? '')].sort());
        expect(finishReason).toBe('stop');
        expect(plain).toMatchObject({
          id: 'cmpl-7F3a',
          object: 'text_completion',
          choices: [{ finish_reason: 'stop' }],
        });
      }),
      { numRuns: 40 },
    );
  });

  it('gets what we add in the answer and in the last chunk', async () => {
    server.script = script([{ content: 'Hello' }], 'length');
    const expected = { cost: 0.000123, provider: 'acme', usage: { prompt_tokens: 100, cost_nano_usd: '123000' } };

    expect(await createClient().completions.create(ask)).toMatchObject(expected);
    expect(await joinStream(streamed)).toMatchObject({ text: 'Hello', finishReason: 'length', last: expected });
  });

  it('gets the prompt before the answer where it asks for an echo', async () => {
    server.script = script([{ content: ', ' }, { content: 'world' }]);

    expect(await joinStream({ ...streamed, echo: true })).toMatchObject({ text: 'Say hello, world' });
    const plain = await createClient().completions.create({ ...ask, echo: true });
    expect(plain.choices[0]?.text).toBe('Say hello, world');
  });

  it('gets logprobs in the form of this API', async () => {
    const entry = (token: string) => ({ token, logprob: -0.5, bytes: null, top_logprobs: [{ token, logprob: -0.5 }] });
    const logprobs = { content: [entry('Hel'), entry('lo')] };
    const { chunks, last } = script([], 'stop', { delta: { content: 'Hello' }, logprobs });
    server.script = { chunks, last };
    const { choices } = await createClient().completions.create({ ...ask, logprobs: 1 });

    expect(server.requests.at(-1)?.chat).toMatchObject({ logprobs: true, top_logprobs: 1 });
    expect(choices[0]?.logprobs).toEqual({
      tokens: ['Hel', 'lo'],
      token_logprobs: [-0.5, -0.5],
      top_logprobs: [{ Hel: -0.5 }, { lo: -0.5 }],
      text_offset: [0, 3],
    });
    expect((await joinStream({ ...streamed, logprobs: 1 })).logprobs).toEqual([0, 3]);
  });

  it('throws when a stream cannot continue', async () => {
    server.script = script([{ content: 'Half' }]);
    server.failure = new AppError('upstream_stream_cut');

    await expect(joinStream(streamed)).rejects.toMatchObject({ code: 'upstream_stream_cut' });
    server.failure = null;
  });

  it.each([
    ['two prompts', { prompt: ['a', 'b'] }, 'prompt'],
    ['a prompt of token ids', { prompt: [1, 2] }, 'prompt'],
    ['more answers than are given', { best_of: 3 }, 'best_of'],
    ['a text to fill in before', { suffix: 'end' }, 'suffix'],
    ['logprobs of the prompt', { echo: true, logprobs: 1 }, 'echo'],
  ])('is refused %s', async (_name, fields, param) => {
    const thrown = createClient().completions.create({ ...ask, ...fields });

    await expect(thrown).rejects.toBeInstanceOf(OpenAI.BadRequestError);
    await expect(thrown).rejects.toMatchObject({ code: 'unsupported_parameter', param });
  });
});
