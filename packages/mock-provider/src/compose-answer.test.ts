import { type ChatCompletionRequest, chatCompletionRequest } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { composeAnswer } from './compose-answer.ts';
import { countTokens } from './tokens.ts';

const tool = (name: string) => ({
  type: 'function',
  function: {
    name,
    parameters: { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } } },
  },
});

function compose(content: string, more: Partial<ChatCompletionRequest> = {}, outputTokensMax = 1000) {
  const request = chatCompletionRequest.parse({ model: 'mock-small', messages: [{ role: 'user', content }], ...more });
  return composeAnswer(request, { wordsPerAnswer: 20, outputTokensMax }).map((choice) => ({
    text: choice.tokens.map((token) => (token.call === null ? token.text : '')).join(''),
    calls: Map.groupBy(
      choice.tokens.flatMap((token) => (token.call === null ? [] : [{ ...token.call, text: token.text }])),
      (part) => part.name,
    ),
    tokens: choice.tokens.length,
    finishReason: choice.finishReason,
  }));
}

describe('an answer of the mock', () => {
  it('repeats what was said, fills up, and is the same each time', () => {
    const [choice] = compose('Hello there');
    expect(choice?.text).toMatch(/^You said: Hello there and so the quick/);
    expect(choice).toMatchObject({ tokens: 20, finishReason: 'stop' });
    expect(compose('Hello there')).toEqual(compose('Hello there'));
    expect(countTokens(choice?.text ?? '')).toBe(20);
  });

  it('honours the limit of tokens and says so', () => {
    expect(compose('Hello there', {}, 3)).toMatchObject([
      { text: 'You said: Hello', tokens: 3, finishReason: 'length' },
    ]);
    expect(compose('Hello there', {}, 20)).toMatchObject([{ finishReason: 'stop' }]);
  });

  it('has as many choices as asked for, not all alike', () => {
    const texts = compose('Hi', { n: 3 }).map((choice) => choice.text);
    expect(new Set(texts).size).toBe(3);
  });

  it('ends before a stop text', () => {
    expect(compose('Hi', { stop: ['fox', ' quick'] })[0]).toMatchObject({
      text: 'You said: Hi and so the',
      finishReason: 'stop',
    });
  });

  it('calls a tool when it is forced to, or asked by a mark', () => {
    const tools = [tool('weather'), tool('time')];
    const called = (content: string, more: object) => [
      ...(compose(content, { tools, ...more })[0]?.calls.keys() ?? []),
    ];
    expect(called('Brno', { tool_choice: 'required' })).toEqual(['weather']);
    expect(called('Brno', { tool_choice: { type: 'function', function: { name: 'time' } } })).toEqual(['time']);
    expect(called('Brno #tool', {})).toEqual(['weather']);
    expect(called('Brno #tools', {})).toEqual(['weather', 'time']);
    expect(called('Brno', {})).toEqual([]);
    expect(called('Brno #tools', { tool_choice: 'none' })).toEqual([]);
    const [choice] = compose('Brno', { tools, tool_choice: 'required' });
    const json = choice?.calls
      .get('weather')
      ?.map((part) => part.text)
      .join('');
    expect(JSON.parse(json ?? '')).toEqual({ city: 'Brno', days: 1 });
    expect(choice?.finishReason).toBe('tool_calls');
  });

  it('is JSON if JSON is asked for, after the schema if there is one', () => {
    const schema = {
      type: 'object',
      properties: {
        kind: { enum: ['a', 'b'] },
        list: { type: 'array', items: { type: 'boolean' } },
        gone: { type: ['null', 'string'] },
      },
    };
    expect(JSON.parse(compose('Hi', { response_format: { type: 'json_object' } })[0]?.text ?? '')).toEqual({
      message: 'You said: Hi',
    });
    const format = { type: 'json_schema', json_schema: { name: 'x', schema } };
    expect(JSON.parse(compose('Hi', { response_format: format })[0]?.text ?? '')).toEqual({
      kind: 'a',
      list: [true],
      gone: null,
    });
  });
});
