import type { Rates } from '@aggregator/contracts';
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
  outputText: rate,
  outputReasoning: rate,
  audioOut: rate,
  requests: rate,
});

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

  it('takes the dearest input and the dearest output rate', () => {
    const rates: Rates = { inputUncached: '1000', cacheWrite1h: '2000', outputText: '3000', outputReasoning: '4000' };
    expect(priceWorstCase({ inputTokensMax: 10, outputTokensMax: 5, requests: 1 }, rates)).toBe(40n);
  });

  it('counts requests only where they have a price', () => {
    const worst = { inputTokensMax: 0, outputTokensMax: 0, requests: 3 };
    expect(priceWorstCase(worst, { inputUncached: '0' })).toBe(0n);
    expect(priceWorstCase(worst, { inputUncached: '0', requests: '5000' })).toBe(15n);
  });

  it('needs an output rate only where there can be output', () => {
    const rates: Rates = { inputUncached: '1000' };
    expect(priceWorstCase({ inputTokensMax: 10, outputTokensMax: 0, requests: 1 }, rates)).toBe(10n);
    expect(() => priceWorstCase({ inputTokensMax: 10, outputTokensMax: 1, requests: 1 }, rates)).toThrow(
      expect.objectContaining({ code: 'model_not_priced', param: 'outputText' }),
    );
  });

  it('is refused where input has no price, whatever else has one', () => {
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
