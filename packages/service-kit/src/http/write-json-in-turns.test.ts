import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isLargeJson, writeJsonInTurns, writeJsonPieces } from './write-json-in-turns.ts';

const exact = fc.constantFrom('123456789012345678', '1.0', '-0', '1e400').map((text) => JSON.rawJSON(text));
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: fc.constantFrom('"', '\\', '\ud83d', '\ude00', '\u2028', 'é', 'a', '\n'), maxLength: 40 }),
    fc.double(),
    fc.constantFrom(null, true, undefined, new Date(0)),
    exact,
    fc.array(tie('any'), { maxLength: 8 }),
    fc.dictionary(fc.oneof(fc.constantFrom('__proto__', '2', '10', 'toJSON', ''), fc.string()), tie('any'), {
      maxKeys: 8,
      noNullPrototype: true,
    }),
  ),
})).any;

const sorted = (_name: string, part: unknown): unknown =>
  typeof part !== 'object' || part === null || Array.isArray(part) || JSON.isRawJSON(part)
    ? part
    : Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)));

describe('JSON that is written in turns', () => {
  it('is what JSON.stringify writes, to the letter, wherever it is cut', async () => {
    const takeTurn = () => Promise.resolve();
    await fc.assert(
      fc.asyncProperty(value, fc.integer({ min: 2, max: 60 }), async (one, pieceUnits) => {
        const body = { one, list: [one, one] };
        expect(await writeJsonInTurns(body, { takeTurn, pieceUnits })).toBe(JSON.stringify(body));
        const replacer = sorted;
        expect(await writeJsonInTurns(body, { takeTurn, pieceUnits, replacer })).toBe(JSON.stringify(body, replacer));
      }),
      { numRuns: 1000 },
    );
  });

  it('comes in short pieces, also of one long text and of one long list', async () => {
    const body = { text: '"a'.repeat(500_000), list: Array.from({ length: 100_000 }, (_, at) => ({ at })) };
    const lengths: number[] = [];
    await writeJsonPieces(body, (piece) => lengths.push(piece.length));
    expect(Math.max(...lengths)).toBeLessThanOrEqual(2 * 128 * 1024);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(JSON.stringify(body).length);
  });

  it('gives others a turn while a long text is written', async () => {
    let turns = 0;
    const takeTurn = async () => {
      turns += 1;
    };
    await writeJsonInTurns('"'.repeat(8_000_000), { takeTurn });
    expect(turns).toBeGreaterThan(1);
  });

  it('is large from so many units on', () => {
    expect(isLargeJson({ a: ['xxxx'.repeat(10)] }, 40)).toBe(true);
    expect(isLargeJson({ a: ['xxxx'] }, 40)).toBe(false);
  });
});
