import { setImmediate as nextIteration } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { measureTexts } from '../requests/measure-texts.ts';
import type { Place } from '../routes/room.ts';
import { giveTurn, mustGiveTurn } from './give-turn.ts';

async function passStep(memoryTaken: number): Promise<void> {
  const place: Pick<Place, 'memoryTaken' | 'takeTurn'> = { memoryTaken, takeTurn: () => nextIteration() };
  const exchange = { place } as Parameters<typeof mustGiveTurn>[0];
  if (mustGiveTurn(exchange)) await giveTurn(exchange);
}

describe('a large request', () => {
  it('lets others run between two steps, and a small one waits for nothing (I4)', async () => {
    const order: string[] = [];
    setImmediate(() => order.push('other'));
    await passStep(10_000);
    order.push('small');
    await passStep(10_000_000);
    order.push('large');

    expect(order).toEqual(['small', 'other', 'large']);
  });

  it('is measured by all of its texts, and no further than asked', () => {
    expect(measureTexts({ a: 'xx', b: [{ c: 'yyy' }, 1, null], d: 'z' })).toBe(6);
    expect(measureTexts(['xx', 'yyy', 'z'.repeat(1000)], 4)).toBe(5);
  });
});
