import { AppError, type ErrorCode } from '@aggregator/contracts';
import Anthropic from '@anthropic-ai/sdk';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { interleavedAnswer, orderedAnswer } from '../testing/arbitrary-answer.ts';
import { joinAnswer, script } from '../testing/chat-script.ts';
import { play, readEvents, SurfaceServer } from '../testing/surface-server.ts';
import { messagesSurface } from './index.ts';
import { checkGrammar, readMessage } from './testing/read-message.ts';

const server = new SurfaceServer(messagesSurface);
const createClient = () => new Anthropic({ apiKey: 'agk_test', baseURL: server.baseUrl, maxRetries: 0 });
const ask = { model: 'acme/model', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hello' }] };
const plainRequest = messagesSurface.toChat({ ...ask, stream: true });
const runs = { numRuns: 60 };

describe("Anthropic's SDK on /v1/messages", () => {
  it('makes of a stream the very message that a plain answer is', async () => {
    const client = createClient();
    await fc.assert(
      fc.asyncProperty(orderedAnswer, async (answer) => {
        server.script = answer;
        const streamed = await client.messages.stream(ask).finalMessage();
        const plain = await client.messages.create(ask);
        expect(readMessage(streamed)).toEqual(readMessage(plain));
      }),
      runs,
    );
  });

  it('loses nothing and mixes nothing up, however thoughts, text and parallel calls alternate', async () => {
    const client = createClient();
    await fc.assert(
      fc.asyncProperty(interleavedAnswer, async (answer) => {
        server.script = answer;
        const streamed = readMessage(await client.messages.stream(ask).finalMessage());
        const plain = readMessage(messagesSurface.fromAnswer(joinAnswer(answer), plainRequest));
        expect(streamed.thinking).toBe(plain.thinking);
        expect([...streamed.text].sort()).toEqual([...plain.text].sort());
        expect(streamed.calls).toEqual(plain.calls);
        expect(streamed.stopReason).toBe(plain.stopReason);
        expect(streamed.usage).toEqual(plain.usage);
      }),
      runs,
    );
  });

  it('meets blocks one after the other, numbered without a gap, each opened and closed once', () => {
    fc.assert(
      fc.property(interleavedAnswer, (answer) => {
        checkGrammar(readEvents(play(messagesSurface, plainRequest, answer)));
      }),
    );
  });

  it('gets a signed thought and one that only its provider can read', async () => {
    server.script = script([
      { reasoning_content: 'Let me ', reasoning_details: [detail(0, { text: 'Let me ' })] },
      { reasoning_content: 'see.', reasoning_details: [detail(0, { text: 'see.' })] },
      { reasoning_details: [detail(0, { signature: 'c2lnbmVk' })] },
      { reasoning_details: [{ type: 'reasoning.encrypted', data: 'ZGF0YQ', format: 'anthropic-claude-v1', index: 1 }] },
      { content: 'Done.' },
    ]);
    const expected = [
      { type: 'thinking', thinking: 'Let me see.', signature: 'c2lnbmVk' },
      { type: 'redacted_thinking', data: 'ZGF0YQ' },
      { type: 'text', text: 'Done.', citations: null },
    ];

    expect((await createClient().messages.stream(ask).finalMessage()).content).toEqual(expected);
    expect((await createClient().messages.create(ask)).content).toEqual(expected);
  });

  it('gives a call without arguments an empty input', async () => {
    const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'now', arguments: '' } };
    server.script = script([{ tool_calls: [call] }], 'tool_calls');
    const message = await createClient().messages.stream(ask).finalMessage();

    expect(message.content).toEqual([
      { type: 'tool_use', id: 'call_1', name: 'now', input: {}, caller: { type: 'direct' } },
    ]);
    expect(message.stop_reason).toBe('tool_use');
  });

  it('throws what the surface says when a stream cannot continue', async () => {
    server.script = script([{ content: 'Half' }]);
    server.failure = new AppError('upstream_stream_cut');
    const stream = createClient().messages.stream(ask);

    await expect(stream.finalMessage()).rejects.toMatchObject({ type: 'api_error', errorCode: 'upstream_stream_cut' });
    server.failure = null;
  });

  it.each([
    ['invalid_value', Anthropic.BadRequestError, 'invalid_request_error'],
    ['invalid_api_key', Anthropic.AuthenticationError, 'authentication_error'],
    ['model_not_allowed', Anthropic.PermissionDeniedError, 'permission_error'],
    ['model_not_found', Anthropic.NotFoundError, 'not_found_error'],
    ['request_too_large', Anthropic.ContentTooLargeError, 'request_too_large'],
    ['rate_limit_exceeded', Anthropic.RateLimitError, 'rate_limit_error'],
    ['insufficient_quota', Anthropic.RateLimitError, 'rate_limit_error'],
    ['internal_error', Anthropic.InternalServerError, 'api_error'],
    ['upstream_error', Anthropic.InternalServerError, 'api_error'],
    ['service_unavailable', Anthropic.ServiceUnavailableError, 'overloaded_error'],
    ['upstream_timeout', Anthropic.GatewayTimeoutError, 'timeout_error'],
  ] as const)('raises for %s the class that its users catch', async (code: ErrorCode, kind, type) => {
    server.refusal = new AppError(code);
    const thrown = await createClient()
      .messages.create(ask)
      .catch((error: unknown) => error);
    server.refusal = null;

    expect(thrown).toBeInstanceOf(kind);
    expect(thrown).toMatchObject({ type, errorCode: code, apiMessage: new AppError(code).publicMessage });
  });
});

function detail(index: number, fields: object) {
  return { type: 'reasoning.text', format: 'anthropic-claude-v1', index, ...fields };
}
