import { AppError, type Rates, type Usage, usageComponents } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { priceUsage } from './price-usage.ts';

const units = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const rate = fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }).map(String);
const anyUsage = recordOf(units);
const allRates = recordOf(rate);

function recordOf<T>(value: fc.Arbitrary<T>) {
  return fc
    .tuple(...usageComponents.map(() => value))
    .map((values) => Object.fromEntries(usageComponents.map((name, index) => [name, values[index]])));
}

function exactPico(usage: Usage, rates: Rates): bigint {
  return usageComponents.reduce((sum, name) => sum + BigInt(usage[name] ?? 0) * BigInt(rates[name] ?? 0), 0n);
}

describe('the price of a usage', () => {
  it('is the exact sum, rounded up by less than one nano-USD for the whole request', () => {
    fc.assert(
      fc.property(anyUsage, allRates, (usage, rates) => {
        const bias = priceUsage(usage, rates) * 1000n - exactPico(usage, rates);
        expect(bias >= 0n && bias < 1000n).toBe(true);
      }),
    );
  });

  it('never falls when more is used', () => {
    fc.assert(
      fc.property(
        anyUsage,
        allRates,
        fc.constantFrom(...usageComponents),
        fc.integer({ min: 0, max: 1000 }),
        (usage, rates, name, more) => {
          const fewer: Usage = { ...usage, [name]: Math.max(0, (usage[name] ?? 0) - more) };
          return priceUsage(fewer, rates) <= priceUsage(usage, rates);
        },
      ),
    );
  });

  it('splits over counters without changing the sum by more than the one rounding', () => {
    fc.assert(
      fc.property(anyUsage, allRates, (usage, rates) => {
        const apart = usageComponents.reduce((sum, name) => sum + priceUsage({ [name]: usage[name] }, rates), 0n);
        const whole = priceUsage(usage, rates);
        return whole <= apart && apart < whole + BigInt(usageComponents.length);
      }),
    );
  });

  it.each([
    [{ inputUncached: 1_000_000 }, { inputUncached: '150000' }, 150_000_000n],
    [{ inputUncached: 1 }, { inputUncached: '1' }, 1n],
    [{ inputUncached: 1, outputText: 1 }, { inputUncached: '500', outputText: '500' }, 1n],
    [{ inputUncached: 1, outputText: 1 }, { inputUncached: '500', outputText: '501' }, 2n],
    [{ cacheRead: 1000, outputText: 7 }, { cacheRead: '37500', outputText: '600000' }, 41_700n],
    [{}, {}, 0n],
    [{ inputUncached: 9, outputText: 9 }, { inputUncached: '0', outputText: '0' }, 0n],
  ])('of %j at %j is %s nano-USD', (usage, rates, amount) => {
    expect(priceUsage(usage, rates)).toBe(amount);
  });

  it('is refused, naming the counter, when something used has no rate', () => {
    for (const name of usageComponents) {
      const rates = Object.fromEntries(usageComponents.filter((other) => other !== name).map((other) => [other, '1']));
      expect(() => priceUsage({ [name]: 1 }, rates)).toThrow(
        expect.objectContaining({ code: 'model_not_priced', param: name }),
      );
      expect(priceUsage({ [name]: 0 }, rates)).toBe(0n);
    }
  });

  it('refuses what is not a count', () => {
    for (const count of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      expect(() => priceUsage({ inputUncached: count }, { inputUncached: '1' })).toThrow(RangeError);
    }
    expect(() => priceUsage({ inputUncached: 1 }, {})).toThrow(AppError);
  });
});
