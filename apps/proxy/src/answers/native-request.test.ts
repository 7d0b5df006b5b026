import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toNativeRequest } from './native-request.ts';

const surface = { native: {} } as Parameters<typeof toNativeRequest>[0];
const exchange = { request: { headers: {} } } as Parameters<typeof toNativeRequest>[3];
const requestOf = (text: string, body: Record<string, unknown> = {}) =>
  toNativeRequest(surface, { bytes: Buffer.from(text), body }, {}, exchange);

/** Halves of pairs, escaped backslashes and what looks like one of them, as a client can write them. */
const written = fc
  .array(fc.constantFrom('\\ud83d', '\\ude00', '\\uD83D\\uDE00', '\\\\', '\\"', 'u', 'd83d', 'a', '\\u0041'))
  .map((parts) => `{"text":"${parts.join('')}"}`);

describe('the text of a request that goes out as it came', () => {
  it('has U+FFFD for each lone surrogate, and everything else to the letter', () => {
    fc.assert(
      fc.property(written, (text) => {
        const sent = requestOf(text)?.text ?? '';
        expect(JSON.parse(sent)).toEqual({ text: String(JSON.parse(text).text).toWellFormed() });
        if (String(JSON.parse(text).text).isWellFormed()) expect(sent).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it('is the same if it is made in turns, and is written again only if it may have a lone surrogate', async () => {
    const write = async (fields: unknown) => JSON.stringify(fields);
    await fc.assert(
      fc.asyncProperty(written, async (text) => {
        const mended = { text: String(JSON.parse(text).text).toWellFormed() };
        const request = requestOf(text, mended);
        await request?.writeText(write);
        expect(JSON.parse(request?.text ?? '')).toEqual(mended);
      }),
      { numRuns: 2000 },
    );
    const pairs = requestOf('{ "text": "\\ud83d\\ude00\\u0041" }');
    await pairs?.writeText(() => Promise.reject(new Error('written again')));
    expect(pairs?.text).toBe('{ "text": "\\ud83d\\ude00\\u0041" }');
  });
});
