import type { Rates, Usage } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { priceUsage } from './price-usage.ts';
import { priceWorstCase } from './price-worst-case.ts';

const rate = fc.integer({ min: 0, max: 10_000_000 }).map(String);
const tokens = fc.integer({ min: 0, max: 100_000 });

const tokenRates = fc.record({
  inputUncached: rate,
  cacheRead: rate,
  cacheWrite5m: rate,
  cacheWrite1h: rate,
  audioIn: rate,
  imageIn: rate,
  outputText: rate,
  outputReasoning: rate,
  audioOut: rate,
  requests: rate,
});

const inputNames = ['inputUncached', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'audioIn', 'imageIn'] as const;

/** So many tokens of input, by shares; what is left over is plain input. */
function divide(inputTokens: number, shares: readonly number[]): Usage {
  const usage: Usage = {};
  let left = inputTokens;
  for (const [index, name] of inputNames.entries()) {
    usage[name] = Math.floor((left * (shares[index] ?? 0)) / 100);
    left -= usage[name];
  }
  return { ...usage, inputUncached: (usage.inputUncached ?? 0) + left };
}

describe('the worst case', () => {
  it('covers every usage within its bounds, however the tokens turn out', () => {
    fc.assert(
      fc.property(
        tokenRates,
        fc.tuple(tokens, tokens, tokens, tokens, tokens),
        fc.tuple(tokens, tokens, tokens),
        (
          rates,
          [inputUncached, cacheRead, cacheWrite5m, cacheWrite1h, audioIn],
          [outputText, outputReasoning, audioOut],
        ) => {
          const inputTokensMax = inputUncached + cacheRead + cacheWrite5m + cacheWrite1h + audioIn;
          const outputTokensMax = outputText + outputReasoning + audioOut;
          const usage = {
            inputUncached,
            cacheRead,
            cacheWrite5m,
            cacheWrite1h,
            audioIn,
            outputText,
            outputReasoning,
            audioOut,
          };
          const held = priceWorstCase({ inputTokensMax, outputTokensMax, requests: 1 }, rates);
          return priceUsage({ ...usage, requests: 1 }, rates) <= held;
        },
      ),
    );
  });

  it('covers them at a price in two tiers, too, however near the border the bound and the usage are', () => {
    const border = 1000;
    const near = fc.oneof(fc.constantFrom(border - 1, border, border + 1), fc.integer({ min: 0, max: 3 * border }));
    fc.assert(
      fc.property(
        tokenRates,
        tokenRates,
        fc.tuple(near, near),
        fc.nat(1000),
        fc.tuple(...inputNames.map(() => fc.nat(100))),
        fc.tuple(tokens, tokens, tokens),
        (plain, dear, [one, other], less, shares, [outputText, outputReasoning, audioOut]) => {
          const inputTokensMax = Math.max(one, other);
          const outputTokensMax = outputText + outputReasoning + audioOut;
          const input = divide(Math.min(one, other), shares);
          const output = { outputText, outputReasoning: Math.max(0, outputReasoning - less), audioOut };
          const rates: Rates = { ...plain, above: { inputTokens: border, rates: dear } };
          const held = priceWorstCase({ inputTokensMax, outputTokensMax, requests: 1 }, rates);
          expect(priceUsage({ ...input, ...output, requests: 1 }, rates)).toBeLessThanOrEqual(held);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('of a price in two tiers is that of the dearer one which the bound can reach', () => {
    const rates: Rates = {
      ...{ inputUncached: '1000', outputText: '9000' },
      above: { inputTokens: 10, rates: { inputUncached: '2000', outputText: '3000' } },
    };
    const worst = (inputTokensMax: number, outputTokensMax: number) =>
      priceWorstCase({ inputTokensMax, outputTokensMax, requests: 1 }, rates);
    expect(worst(10, 0)).toBe(10n);
    expect(worst(11, 0)).toBe(22n);
    expect(worst(11, 1)).toBe(25n);
    // Just below the border the answer costs more here, so that a shorter input is the worse case.
    expect(worst(11, 10)).toBe(100n);
  });

  it('asks for rates of the upper tier only where that can be reached', () => {
    const rates: Rates = {
      ...{ inputUncached: '1000', outputText: '1000' },
      above: { inputTokens: 10, rates: { inputUncached: '1' } },
    };
    expect(priceWorstCase({ inputTokensMax: 10, outputTokensMax: 1, requests: 1 }, rates)).toBe(11n);
    expect(() => priceWorstCase({ inputTokensMax: 11, outputTokensMax: 1, requests: 1 }, rates)).toThrow(
      expect.objectContaining({ code: 'model_not_priced', param: 'outputText' }),
    );
  });

  it('takes the dearest input and the dearest output rate', () => {
    const rates: Rates = { inputUncached: '1000', cacheWrite1h: '2000', outputText: '3000', outputReasoning: '4000' };
    expect(priceWorstCase({ inputTokensMax: 10, outputTokensMax: 5, requests: 1 }, rates)).toBe(40n);
  });

  it('counts requests only where they have a price', () => {
    const worst = { inputTokensMax: 0, outputTokensMax: 0, requests: 3 };
    expect(priceWorstCase(worst, { inputUncached: '0' })).toBe(0n);
    expect(priceWorstCase(worst, { inputUncached: '0', requests: '5000' })).toBe(15n);
  });

  it('is the price of the pictures if each has one, and that of their tokens otherwise', () => {
    const worst = { inputTokensMax: 10, outputTokensMax: 16_384, imagesMax: 2, requests: 1 };

    expect(priceWorstCase(worst, { inputUncached: '0', images: '40000000000' })).toBe(80_000_000n);
    expect(priceWorstCase(worst, { inputUncached: '0', outputText: '1', images: '40000000000' })).toBe(80_000_000n);
    expect(priceWorstCase(worst, { inputUncached: '0', imageOut: '40000000' })).toBe(655_360_000n);
    expect(() => priceWorstCase(worst, { inputUncached: '0' })).toThrow('no rate for outputText');
    expect(() => priceWorstCase({ ...worst, imagesMax: 0 }, { inputUncached: '0', images: '1' })).toThrow();
  });

  it('needs an output rate only where there can be output', () => {
    const rates: Rates = { inputUncached: '1000' };
    expect(priceWorstCase({ inputTokensMax: 10, outputTokensMax: 0, requests: 1 }, rates)).toBe(10n);
    expect(() => priceWorstCase({ inputTokensMax: 10, outputTokensMax: 1, requests: 1 }, rates)).toThrow(
      expect.objectContaining({ code: 'model_not_priced', param: 'outputText' }),
    );
  });

  it('is refused if input has no price, although other units have one', () => {
    expect(() => priceWorstCase({ inputTokensMax: 0, outputTokensMax: 0, requests: 1 }, { cacheRead: '1' })).toThrow(
      expect.objectContaining({ code: 'model_not_priced', param: 'inputUncached' }),
    );
  });

  it('refuses a bound that is not a count', () => {
    const rates: Rates = { inputUncached: '1', outputText: '1' };
    expect(() => priceWorstCase({ inputTokensMax: -1, outputTokensMax: 0, requests: 1 }, rates)).toThrow(RangeError);
    expect(() => priceWorstCase({ inputTokensMax: 0, outputTokensMax: 0.5, requests: 1 }, rates)).toThrow(RangeError);
  });
});
