import { describe, expect, it } from '@jest/globals';
import { openAiCompatibleAdapter } from '../openai-compatible/index.ts';

const { chat, embeddings } = openAiCompatibleAdapter;
const read = (answer: object) => Object(chat.fromResponse(JSON.stringify(answer)).body);

describe('a plain answer of a loose server', () => {
  it('has what clients rely on', () => {
    const body = read({ choices: [{ message: { reasoning: 'Hm.' } }] });
    expect(body).toEqual({
      object: 'chat.completion',
      choices: [
        { index: 0, message: { role: 'assistant', content: null, reasoning_content: 'Hm.' }, finish_reason: 'stop' },
      ],
    });
  });

  it('has calls with ids of their own and arguments as text', () => {
    const message = {
      content: null,
      tool_calls: [{ function: { name: 'f', arguments: { a: 1 } } }, { function: { name: 'g' } }],
    };
    const [{ message: said, finish_reason: reason }] = read({ id: 'r-1', choices: [{ message }] }).choices;
    expect(said.tool_calls).toEqual([
      { id: 'call_r-1_0_0', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
      { id: 'call_r-1_0_1', type: 'function', function: { name: 'g', arguments: '{}' } },
    ]);
    expect(reason).toBe('tool_calls');
    const ids = [1, 2].map(() => read({ choices: [{ message }] }).choices[0].message.tool_calls[0].id);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('keeps the first of two words for reasoning, and a finish reason that was reported', () => {
    const message = { content: 'a', reasoning: 'x', reasoning_content: 'y' };
    expect(read({ choices: [{ message, finish_reason: 'length' }] }).choices[0]).toMatchObject({
      message: { reasoning_content: 'y' },
      finish_reason: 'length',
    });
  });

  it('without usage has none that is known', () => {
    const body = JSON.stringify({ choices: [{ message: { content: 'a' } }] });
    expect(chat.fromResponse(body).usage).toBeNull();
  });
});

describe('vectors of a loose server', () => {
  const answer = (...vectors: unknown[]) => JSON.stringify({ data: vectors.map((embedding) => ({ embedding })) });
  const embed = (body: string, request: object) =>
    embeddings?.fromResponse(body, { model: 'm', input: ['a', 'b'], ...request }).body;

  it('are in the encoding that was asked for, whichever the server speaks', () => {
    expect(embed(answer([0.5], [1]), { encoding_format: 'base64' })).toMatchObject({
      object: 'list',
      data: [
        { object: 'embedding', index: 0, embedding: 'AAAAPw==' },
        { object: 'embedding', index: 1, embedding: 'AACAPw==' },
      ],
    });
    expect(embed(answer('AAAAPw==', [1]), {})).toMatchObject({ data: [{ embedding: [0.5] }, { embedding: [1] }] });
  });

  it.each([
    ['too few', answer([1])],
    ['too many', answer([1], [1], [1])],
    ['no vector', answer([1], { a: 1 })],
    ['words among numbers', answer([1], ['a'])],
    ['half a float', answer([1], 'AAAA')],
  ])('are none where there are %s', (_, body) => {
    expect(() => embed(body, {})).toThrow(expect.objectContaining({ code: 'upstream_invalid_response' }));
  });

  it('are one for a list of token ids', () => {
    expect(embed(answer([1]), { input: [1, 2, 3] })).toMatchObject({ data: [{ embedding: [1] }] });
  });
});
