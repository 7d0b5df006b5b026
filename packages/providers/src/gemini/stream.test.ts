import { describe, expect, it } from '@jest/globals';
import { GeminiChatStream } from './stream.ts';

const usageMetadata = { promptTokenCount: 4, candidatesTokenCount: 2 };
const piece = (parts: object[], more: object = {}) =>
  JSON.stringify({
    candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }],
    responseId: 'r1',
    usageMetadata,
  });

function read(stream: GeminiChatStream, ...events: string[]) {
  const chunks = events.flatMap((event) => stream.push(event)).map((text) => JSON.parse(text));
  return { chunks, deltas: chunks.map((chunk) => chunk.choices[0]?.delta), end: stream.end() };
}

describe('a stream of Gemini', () => {
  it('is one answer of one id, with the role first and the time and model that the caller knows', () => {
    const stream = new GeminiChatStream({ includeUsage: true, createdAt: 7, model: 'm' });
    const { chunks, end } = read(stream, piece([{ text: 'a' }]), piece([{ text: 'b' }], { finishReason: 'STOP' }));
    const head = { id: 'r1', object: 'chat.completion.chunk', created: 7, model: 'm' };
    expect(chunks).toEqual([
      { ...head, choices: [{ index: 0, delta: { role: 'assistant', content: 'a' }, finish_reason: null }] },
      { ...head, choices: [{ index: 0, delta: { content: 'b' }, finish_reason: null }] },
      { ...head, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    ]);
    expect(end).toMatchObject({
      ...head,
      choices: [],
      usage: { prompt_tokens: 4, completion_tokens: 2, total_tokens: 6 },
    });
  });

  it('gives an id to an answer that has none, and keeps it', () => {
    const nameless = JSON.stringify({ candidates: [{ content: { parts: [{ functionCall: { name: 'a' } }] } }] });
    const ids = [1, 2].map(() => {
      const { chunks } = read(new GeminiChatStream({ includeUsage: false }), nameless, nameless);
      expect(chunks[0].id).toBe(chunks[1].id);
      expect(chunks[1].choices[0].delta.tool_calls[0]).toMatchObject({ index: 1, id: `call_${chunks[1].id}_0_1` });
      return chunks[0].id;
    });
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('sends signatures beside what they belong to, so that they can be given back', () => {
    const stream = new GeminiChatStream({ includeUsage: false });
    const { deltas } = read(
      stream,
      piece([{ text: 'Hm.', thought: true }]),
      piece([{ functionCall: { name: 'a', id: 'c1' }, thoughtSignature: 'Yw==' }]),
      piece([{ inlineData: { mimeType: 'image/png', data: 'AAAA' }, thoughtSignature: 'aQ==' }]),
      piece([{ text: '', thoughtSignature: 'dA==' }], { finishReason: 'STOP' }),
    );
    const detail = { type: 'reasoning.encrypted', format: 'google-gemini-v1' };
    expect(deltas).toEqual([
      { role: 'assistant', content: '', reasoning_content: 'Hm.' },
      {
        tool_calls: [{ index: 0, id: 'c1', type: 'function', function: { name: 'a', arguments: '{}' } }],
        reasoning_details: [{ ...detail, data: 'Yw==', id: 'c1', index: 0 }],
      },
      {
        images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' }, index: 0 }],
        reasoning_details: [{ ...detail, data: 'aQ==', id: 'image_0', index: 1 }],
      },
      { reasoning_details: [{ ...detail, data: 'dA==', index: 2 }] },
    ]);
  });

  it('lives by an image alone, and not by the signature of one', () => {
    const stream = new GeminiChatStream({ includeUsage: false });
    read(
      stream,
      piece([{ text: '', thoughtSignature: 'dA==' }]),
      piece([{ inlineData: { mimeType: 'audio/L16', data: 'A' } }]),
    );
    expect(stream.hasLife).toBe(false);
    read(stream, piece([{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }]));
    expect(stream).toMatchObject({ hasLife: true, outputCharacters: 0 });
  });

  it('knows no usage before it is whole, since a running total is not what is charged', () => {
    const stream = new GeminiChatStream({ includeUsage: false });
    read(stream, piece([{ text: 'a' }]));
    expect(stream.usage).toBeNull();
    read(stream, piece([], { finishReason: 'STOP' }), JSON.stringify({ usageMetadata: { promptTokenCount: 9 } }));
    expect(stream.usage).toEqual({ inputUncached: 9, outputText: 0 });
  });

  it('ends in a usage chunk without usage if none was reported', () => {
    const stream = new GeminiChatStream({ includeUsage: true });
    expect(read(stream, JSON.stringify({ candidates: [{ finishReason: 'STOP' }] })).end).toMatchObject({
      choices: [],
      usage: null,
    });
  });

  it('waits for as many choices as were asked for', () => {
    const stream = new GeminiChatStream({ includeUsage: false, choiceCount: 2 });
    expect(read(stream, piece([{ text: 'a' }], { finishReason: 'STOP' })).end).toBeNull();
    expect(read(stream, piece([{ text: 'b' }], { index: 1, finishReason: 'MAX_TOKENS' })).end).toMatchObject({
      choices: [{ index: 1, finish_reason: 'length' }],
    });
  });

  it('passes on what comes after the finish reason, and no second one', () => {
    const stream = new GeminiChatStream({ includeUsage: false });
    const late = piece([{ text: 'b' }], { finishReason: 'MAX_TOKENS' });
    const { deltas, end } = read(stream, piece([{ text: 'a' }], { finishReason: 'STOP' }), late);
    expect(deltas).toEqual([{ role: 'assistant', content: 'a' }, { content: 'b' }]);
    expect(end).toMatchObject({ choices: [{ finish_reason: 'stop' }] });
  });

  it('is not made less than whole by an error that comes after it', () => {
    const stream = new GeminiChatStream({ includeUsage: false });
    const { end } = read(stream, piece([{ text: 'a' }], { finishReason: 'STOP' }), '{"error":{"code":500}}');
    expect(end).not.toBeNull();
    expect(stream).toMatchObject({ error: null, malformedEvents: 1 });
  });

  it('counts what is no choice and continues', () => {
    const stream = new GeminiChatStream({ includeUsage: false });
    read(stream, '{"candidates":[7]}', '{"candidates":[{"index":-1}]}', '{"candidates":[{"index":128}]}', '{"x":1}');
    expect(stream).toMatchObject({ malformedEvents: 4, isComplete: false, hasLife: false });
    expect(read(stream, piece([{ text: 'a' }], { finishReason: 'STOP' })).end).not.toBeNull();
  });
});

describe('parallel calls of Gemini (C-S2)', () => {
  it('come one in a chunk, behind what was said before them', () => {
    const stream = new GeminiChatStream({ includeUsage: false });
    const calls = ['a', 'b', 'c'].map((name) => ({ functionCall: { name, id: name, args: {} } }));
    const { deltas } = read(stream, piece([{ text: 'x' }, ...calls], { finishReason: 'STOP' }));
    const pieces = deltas.map(
      (delta) => Object(delta).tool_calls?.map(({ id }: { id: string }) => id) ?? Object(delta).content,
    );
    expect(pieces).toEqual(['x', ['a'], ['b'], ['c']]);
  });
});
