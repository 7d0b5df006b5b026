import { AppError, type ErrorCode } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import OpenAI from 'openai';
import { interleavedAnswer, orderedAnswer } from '../testing/arbitrary-answer.ts';
import { joinAnswer, script } from '../testing/chat-script.ts';
import { play, readEvents, SurfaceServer } from '../testing/surface-server.ts';
import { responsesSurface } from './index.ts';
import { checkGrammar, readResponse, withoutParsed } from './testing/read-response.ts';

const server = new SurfaceServer(responsesSurface);
const createClient = () => new OpenAI({ apiKey: 'agk_test', baseURL: server.baseUrl, maxRetries: 0 });
const ask = { model: 'acme/model', input: 'Hello', metadata: { team: 'a' }, store: true };
const plainRequest = responsesSurface.toChat({ ...ask, stream: true });
const runs = { numRuns: 60 };

describe("OpenAI's SDK on /v1/responses", () => {
  it('makes of a stream the very response that a plain answer is, with what we add to it', async () => {
    const client = createClient();
    await fc.assert(
      fc.asyncProperty(orderedAnswer, async (answer) => {
        server.script = answer;
        const streamed = await client.responses.stream(ask).finalResponse();
        const plain = await client.responses.create(ask);
        expect(withoutParsed(streamed)).toEqual(withoutParsed(plain));
        expect(streamed.output_text).toBe(plain.output_text);
        expect(streamed).toMatchObject({ cost: 0.000123, provider: 'acme', store: false, metadata: { team: 'a' } });
      }),
      runs,
    );
  });

  it('loses nothing and mixes nothing up, however thoughts, text and parallel calls alternate', async () => {
    const client = createClient();
    await fc.assert(
      fc.asyncProperty(interleavedAnswer, async (answer) => {
        server.script = answer;
        const streamed = await client.responses.stream(ask).finalResponse();
        expect(readResponse(streamed)).toEqual(
          readResponse(responsesSurface.fromAnswer(joinAnswer(answer), plainRequest)),
        );
      }),
      runs,
    );
  });

  it('meets numbered events, items one after the other, and the whole of each after its parts', () => {
    fc.assert(
      fc.property(interleavedAnswer, (answer) => {
        checkGrammar(readEvents(play(responsesSurface, plainRequest, answer)));
      }),
    );
  });

  it('counts cached and reasoning tokens inside input and output, and reports the cost', async () => {
    server.script = script([{ content: 'Hi' }]);

    expect((await createClient().responses.stream(ask).finalResponse()).usage).toEqual({
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 60, cache_write_tokens: 10 },
      output_tokens: 40,
      output_tokens_details: { reasoning_tokens: 15 },
      total_tokens: 140,
      cost: 0.000123,
      cost_nano_usd: '123000',
    });
  });

  it.each([
    ['length', 'max_output_tokens'],
    ['content_filter', 'content_filter'],
  ])('is left incomplete by %s', async (finishReason, reason) => {
    server.script = script([{ content: 'Half' }], finishReason);
    const streamed = await createClient().responses.stream(ask).finalResponse();

    expect(streamed).toMatchObject({ status: 'incomplete', incomplete_details: { reason } });
    expect(streamed.output).toMatchObject([{ type: 'message', status: 'incomplete' }]);
    expect(withoutParsed(streamed)).toEqual(withoutParsed(await createClient().responses.create(ask)));
  });

  it('gets a custom tool call as one', async () => {
    const custom = (input: string) => ({ index: 0, id: 'call_1', type: 'custom', custom: { name: 'shell', input } });
    server.script = script([{ tool_calls: [custom('ls ')] }, { tool_calls: [custom('-l')] }], 'tool_calls');
    const streamed = await createClient().responses.stream(ask).finalResponse();

    expect(streamed.output).toMatchObject([
      { type: 'custom_tool_call', call_id: 'call_1', name: 'shell', input: 'ls -l' },
    ]);
    expect(withoutParsed(streamed)).toEqual(withoutParsed(await createClient().responses.create(ask)));
  });

  it('throws what the surface says when a stream cannot continue', async () => {
    server.script = script([{ content: 'Half' }]);
    server.failure = new AppError('upstream_stream_cut');
    const thrown = createClient().responses.stream(ask).finalResponse();

    await expect(thrown).rejects.toBeInstanceOf(OpenAI.APIError);
    await expect(thrown).rejects.toMatchObject({ code: 'upstream_stream_cut' });
    server.failure = null;
  });

  it('ends a failed stream with the response as far as it came and one error, and with that alone where none began', () => {
    const failure = new AppError('upstream_stream_cut');
    const begun = readEvents(play(responsesSurface, plainRequest, script([{ content: 'Half' }]), failure));
    const unbegun = readEvents(play(responsesSurface, plainRequest, { chunks: [], last: null }, failure));

    expect(begun.slice(-2)).toMatchObject([
      { type: 'response.failed', response: { status: 'failed', error: { code: 'server_error' } } },
      { type: 'error', code: 'upstream_stream_cut', param: null },
    ]);
    expect(unbegun.map((event) => event.type)).toEqual(['error']);
  });

  it.each([
    ['unsupported_parameter', OpenAI.BadRequestError],
    ['invalid_api_key', OpenAI.AuthenticationError],
    ['model_not_allowed', OpenAI.PermissionDeniedError],
    ['model_not_found', OpenAI.NotFoundError],
    ['insufficient_quota', OpenAI.RateLimitError],
    ['upstream_error', OpenAI.InternalServerError],
  ] as const)('raises for %s the class that its users catch', async (code: ErrorCode, kind) => {
    server.refusal = new AppError(code);
    const thrown = await createClient()
      .responses.create(ask)
      .catch((error: unknown) => error);
    server.refusal = null;

    expect(thrown).toBeInstanceOf(kind);
    expect(thrown).toMatchObject({ code });
  });
});
