import { parseExactJson } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { clientJsonBounds } from './json-figures.ts';
import { JsonScan } from './json-scan.ts';
import { parseJsonBody } from './parse-json-body.ts';

/** Figures of a scan in runs of so many bytes, or the code of its error. */
function scan(text: string, stepBytes: number): unknown {
  try {
    const body = Buffer.from(text);
    const one = new JsonScan(body, clientJsonBounds);
    for (let until = stepBytes; !one.isDone; until += stepBytes) one.run(until);
    return one.figures;
  } catch (error) {
    return Object(error).code;
  }
}

const digits = fc.string({ unit: fc.constantFrom('0', '1', '7'), minLength: 1, maxLength: 18 });
const number = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.oneof(fc.constantFrom('0', '1'), digits),
    fc.constantFrom('', '.0', '.50', '.5', '.0000001', '.123456789012345', 'e5', 'E-3', '.5e+2'),
  )
  .map((parts) => parts.join(''));

describe('a scan of a JSON text', () => {
  it('has the same figures in runs of any length', () => {
    const text = fc
      .array(fc.constantFrom('{"a":', '"', '\\"', '\\u0041', '[1,', '-0', '1.50', 'x'.repeat(60), '}', ']', ','))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(text, fc.json()), fc.integer({ min: 1, max: 70 }), (one, stepBytes) => {
        expect(scan(one, stepBytes)).toEqual(scan(one, 1_000_000));
      }),
      { numRuns: 2000 },
    );
  });

  it('finds every number whose text would change', () => {
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 3 }), (numbers) => {
        const text = `{"metadata":{"all":[${numbers.join(',')}],"text":"1.0 and 12345678901234567890"}}`;
        const read = (parse: () => unknown) => {
          try {
            return JSON.stringify(parse());
          } catch {
            return 'refused';
          }
        };
        expect(read(() => parseJsonBody(Buffer.from(text)))).toBe(read(() => parseExactJson(text)));
      }),
      { numRuns: 2000 },
    );
  });

  it('reads numbers in text as text', () => {
    expect(scan('{"a":"1.0, -0 and 12345678901234567890","b":[1,-7,0.5]}', 100)).toMatchObject({
      hasUnusualNumbers: false,
    });
    expect(scan('{"a":[1.0]}', 100)).toMatchObject({ hasUnusualNumbers: true });
  });

  it('keeps the text of a number beside a long text', () => {
    const text = `{"metadata":{"text":"${'1e5 '.repeat(50_000)}","id":12345678901234567890},"top_p":1.0}`;
    expect(JSON.stringify(parseJsonBody(Buffer.from(text)))).toBe(text.replace('"top_p":1.0', '"top_p":1'));
  });
});
