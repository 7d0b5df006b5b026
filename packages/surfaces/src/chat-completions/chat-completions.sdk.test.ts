import { AppError } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import OpenAI from 'openai';
import { orderedAnswer } from '../testing/arbitrary-answer.ts';
import { script } from '../testing/chat-script.ts';
import { head, SurfaceServer } from '../testing/surface-server.ts';
import { chatCompletionsSurface } from './index.ts';

const server = new SurfaceServer(chatCompletionsSurface);
const createClient = () => new OpenAI({ apiKey: 'agk_test', baseURL: server.baseUrl, maxRetries: 0 });
const ask = { model: 'acme/model', messages: [{ role: 'user' as const, content: 'Hello' }] };

describe("OpenAI's SDK on /v1/chat/completions", () => {
  it('makes of a stream what a plain answer says', async () => {
    await fc.assert(
      fc.asyncProperty(orderedAnswer, async (answer) => {
        server.script = answer;
        const streamed = await createClient().chat.completions.stream(ask).finalChatCompletion();
        const plain = await createClient().chat.completions.create(ask);
        const said = streamed.choices[0]?.message;
        const expected = plain.choices[0]?.message;
        expect(said?.content || null).toBe(expected?.content ?? null);
        expect(said?.refusal || null).toBe(expected?.refusal ?? null);
        expect(said?.tool_calls ?? []).toMatchObject(expected?.tool_calls ?? []);
      }),
      { numRuns: 40 },
    );
  });

  it('throws when a stream cannot continue', async () => {
    server.script = script([{ content: 'Half' }]);
    server.failure = new AppError('upstream_stream_cut');
    const thrown = createClient().chat.completions.stream(ask).finalChatCompletion();

    await expect(thrown).rejects.toMatchObject({ code: 'upstream_stream_cut' });
    server.failure = null;
  });
});

describe('the chat completions surface', () => {
  const request = chatCompletionsSurface.toChat({ ...ask, anything: 'else' });

  it('changes nothing of a request, an answer or a chunk', () => {
    const answer = { id: 'chatcmpl-1', choices: [] };
    const stream = chatCompletionsSurface.createStream(request, head);

    expect(request.chat).toEqual({ ...ask, anything: 'else' });
    expect(chatCompletionsSurface.fromAnswer(answer, request)).toBe(answer);
    expect(stream.push('{"id": 1,  "x":2}')).toBe('data: {"id": 1,  "x":2}\n\n');
    expect(stream.end({ id: 2 })).toBe('data: {"id":2}\n\ndata: [DONE]\n\n');
    expect(stream.end(null)).toBe('data: [DONE]\n\n');
  });

  it('names the field at fault', () => {
    expect(() => chatCompletionsSurface.toChat({ model: 'm', messages: [{ role: 'unknown' }] })).toThrow(
      expect.objectContaining({ code: 'invalid_value', param: 'messages[0].role' }),
    );
  });
});
