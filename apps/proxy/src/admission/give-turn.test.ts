import { describe, expect, it } from '@jest/globals';
import { giveTurn } from './give-turn.ts';
import { measureTexts } from './measure-texts.ts';

const placeOf = (memoryTaken: number) => ({ place: { memoryTaken } }) as Parameters<typeof giveTurn>[0];

describe('a large request', () => {
  it('lets others run between two steps, and a small one waits for nothing (I4)', async () => {
    const order: string[] = [];
    setImmediate(() => order.push('other'));
    await giveTurn(placeOf(10_000));
    order.push('small');
    await giveTurn(placeOf(10_000_000));
    order.push('large');

    expect(order).toEqual(['small', 'other', 'large']);
  });

  it('is measured by all of its texts, and no further than asked', () => {
    expect(measureTexts({ a: 'xx', b: [{ c: 'yyy' }, 1, null], d: 'z' })).toBe(6);
    expect(measureTexts(['xx', 'yyy', 'z'.repeat(1000)], 4)).toBe(5);
  });
});
