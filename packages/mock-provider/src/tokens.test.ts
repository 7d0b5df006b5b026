import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countCachedTokens, countPromptTokens, countTokens, splitTokens } from './tokens.ts';

describe('a token of the mock', () => {
  it('joins with its neighbours to the text, and is never cheaper than a byte', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
        expect(splitTokens(text).join('')).toBe(text);
        expect(countTokens(text)).toBeLessThanOrEqual(Buffer.byteLength(text));
      }),
    );
  });

  it.each([
    ['', 0],
    ['Hello', 1],
    ['Hello, world!', 2],
    ['extraordinarily', 2],
    ['a b  c ', 4],
  ])('is counted: %j has %s', (text, count) => {
    expect(countTokens(text)).toBe(count);
  });
});

describe('a prompt', () => {
  it('counts its messages, text, other parts, tools and tool calls', () => {
    const request = {
      model: 'mock-small',
      messages: [
        { role: 'system' as const, content: 'Be brief.' },
        {
          role: 'user' as const,
          content: [
            { type: 'text', text: 'a b' },
            { type: 'image_url', image_url: { url: 'x' } },
          ],
        },
        { role: 'assistant' as const, tool_calls: [{ id: 'call_1' }] },
      ],
      tools: [{ type: 'x' }],
    };
    expect(countPromptTokens(request)).toBe(3 + 2 + (3 + 2 + 10) + (3 + 3) + 2);
    expect(countCachedTokens(request)).toBe(0);
    expect(countCachedTokens({ ...request, prompt_cache_key: 'k' })).toBe(5);
  });
});
