import { AppError, type ComponentRates, type Rates, type Usage, usageComponents } from '@aggregator/contracts';
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

function exactPico(usage: Usage, rates: ComponentRates): bigint {
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

describe('the price of a usage at a price in two tiers', () => {
  const inputs = ['inputUncached', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'audioIn', 'imageIn'] as const;
  const border = 200_000;
  const plain: ComponentRates = Object.fromEntries(usageComponents.map((name) => [name, '1000']));
  const dear = {
    ...plain,
    ...Object.fromEntries(usageComponents.map((name) => [name, '3000'])),
    inputUncached: '2000',
  };
  const rates: Rates = { ...plain, above: { inputTokens: border, rates: dear } };

  it('is that of the tier which all of the input together falls into, from one token above the border on', () => {
    const shares = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: inputs.length, maxLength: inputs.length });
    fc.assert(
      fc.property(shares, fc.constantFrom(-1, 0, 1, 2), anyUsage, (parts, off, others) => {
        const used: Usage = { ...others };
        let left = border + off;
        for (const [index, name] of inputs.entries()) {
          used[name] = index === inputs.length - 1 ? left : Math.floor((left * (parts[index] ?? 0)) / 1000);
          left -= used[name];
        }
        expect(priceUsage(used, rates)).toBe(priceUsage(used, off > 0 ? dear : plain));
      }),
    );
  });

  it('counts every unit at that tier, and none of the output towards the border', () => {
    expect(priceUsage({ inputUncached: border, outputText: 1_000_000 }, rates)).toBe(1_200_000n);
    expect(priceUsage({ inputUncached: border + 1, outputText: 1_000_000 }, rates)).toBe(3_400_002n);
    expect(priceUsage({ cacheRead: border, imageIn: 1 }, rates)).toBe(600_003n);
  });

  it('never falls when more is used of the same tier', () => {
    const within = fc.record(
      Object.fromEntries(usageComponents.map((name) => [name, fc.nat(Math.floor(border / inputs.length))])),
    );
    fc.assert(
      fc.property(
        within,
        fc.constantFrom(...usageComponents),
        fc.nat(1000),
        fc.boolean(),
        (some, name, more, isLong) => {
          const usage: Usage = isLong ? { ...some, inputUncached: border + 1 } : some;
          const fewer: Usage = {
            ...usage,
            [name]: Math.max(name === 'inputUncached' && isLong ? border + 1 : 0, (usage[name] ?? 0) - more),
          };
          return priceUsage(fewer, rates) <= priceUsage(usage, rates);
        },
      ),
    );
  });

  it('is refused where the tier has no rate for what was used, though the other has', () => {
    const lacking: Rates = { ...plain, above: { inputTokens: border, rates: { inputUncached: '1' } } };
    expect(priceUsage({ inputUncached: border, outputText: 1 }, lacking)).toBe(200_001n);
    expect(() => priceUsage({ inputUncached: border + 1, outputText: 1 }, lacking)).toThrow(
      expect.objectContaining({ code: 'model_not_priced', param: 'outputText' }),
    );
  });
});
