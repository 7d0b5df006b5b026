import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createPriceBound, toPicoUsdPerToken } from './max-price.ts';

describe('a price bound', () => {
  it.each([
    [0, 0n],
    [0.15, 150_000n],
    [0.1 + 0.2, 300_000n],
    [10, 10_000_000n],
    [0.000_001, 1n],
    [0.000_000_9, 0n],
    [1e-7, 0n],
    [1.25e-5, 12n],
    [999_999_999_999, 999_999_999_999_000_000n],
    [1e12, null],
    [1.5e21, null],
    [Number.MAX_VALUE, null],
    [Number.MIN_VALUE, 0n],
  ])('of %s USD per million tokens is %s pico-USD per token', (usd, pico) => {
    expect(toPicoUsdPerToken(usd)).toBe(pico);
  });

  it('admits a rate if and only if that is not above what the caller wrote', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n }), fc.bigInt({ min: -3n, max: 3n }), (pico, off) => {
        const digits = pico.toString().padStart(7, '0');
        const usd = Number(`${digits.slice(0, -6)}.${digits.slice(-6)}`);
        const rate = pico + off;
        if (rate < 0n) return;
        const isWithin = createPriceBound({ prompt: usd });
        expect(isWithin({ inputUncached: rate.toString() })).toBe(rate <= pico);
      }),
      { numRuns: 1000 },
    );
  });

  it('admits a price in two tiers only where both are within it', () => {
    const above = { inputTokens: 200_000, rates: { inputUncached: '2500000', outputText: '15000000' } };
    const tiered = { inputUncached: '1250000', outputText: '10000000', above };

    expect(createPriceBound({ prompt: 2.5, completion: 15 })(tiered)).toBe(true);
    expect(createPriceBound({ prompt: 2.4 })(tiered)).toBe(false);
    expect(createPriceBound({ completion: 14 })(tiered)).toBe(false);
  });
});
