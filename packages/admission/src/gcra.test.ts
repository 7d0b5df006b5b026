import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backlogMicrosMax, burstMicros, toMicros } from './gcra.ts';

describe('time of a cost', () => {
  it('is the exact quotient rounded up, for every cost and rate', () => {
    const rate = fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 1_000_000_000 }));
    fc.assert(
      fc.property(rate, fc.double({ min: 0, max: 59, noNaN: true }), (ratePerMinute, share) => {
        const cost = Math.floor(ratePerMinute * share);
        const exact = (BigInt(cost) * BigInt(burstMicros) + BigInt(ratePerMinute) - 1n) / BigInt(ratePerMinute);
        expect(BigInt(toMicros(cost, ratePerMinute))).toBe(exact);
      }),
      { numRuns: 2000 },
    );
  });

  it('is a whole burst for the whole limit, more for one unit above it, and an hour at most', () => {
    expect(toMicros(7, 7)).toBe(burstMicros);
    expect(toMicros(999_999_999, 999_999_999)).toBe(burstMicros);
    expect(toMicros(1_000_000_000, 999_999_999)).toBe(burstMicros + 1);
    expect(toMicros(Number.MAX_SAFE_INTEGER, 1)).toBe(backlogMicrosMax);
  });
});
