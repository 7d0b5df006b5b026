import { type Rates, type Usage, usageComponents } from '@aggregator/contracts';
import { priceUsage, priceWorstCase } from '@aggregator/pricing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chargeUsage, estimateCharge } from './charge.ts';

const plain: Rates = { inputUncached: '150000', outputText: '600000' };
const priced = (rates: Rates) => ({
  price: { version: 'p/1', rates },
  ...{ inputTokensMax: 1000, outputTokensMax: 200, inputTokensEstimate: 300 },
});

describe('a charge', () => {
  it('is the provider’s figures at the pinned price', () => {
    expect(chargeUsage({ inputUncached: 10, outputText: 20 }, priced(plain))).toEqual({
      usage: { inputUncached: 10, outputText: 20 },
      amountNanoUsd: 13_500n,
      estimated: false,
    });
  });

  it('of counters without a rate is that of plain input and output, flagged, and never free', () => {
    const usage: Usage = { inputUncached: 10, cacheRead: 5, outputText: 20, outputReasoning: 30, toolCalls: 2 };

    expect(chargeUsage(usage, priced(plain))).toEqual({
      usage: { inputUncached: 15, outputText: 50 },
      amountNanoUsd: 32_250n,
      estimated: true,
    });
  });

  it('can always be computed again from the usage and the price that stand beside it', () => {
    const counts = fc.record(Object.fromEntries(usageComponents.map((name) => [name, fc.nat(1_000_000)])), {
      requiredKeys: [],
    });
    const rates = fc.record(Object.fromEntries(usageComponents.map((name) => [name, fc.nat(1_000_000).map(String)])), {
      requiredKeys: ['inputUncached', 'outputText'],
    });
    fc.assert(
      fc.property(counts, rates, (usage, some) => {
        const charge = chargeUsage(usage, priced(some));
        expect(charge.amountNanoUsd).toBe(priceUsage(charge.usage, some));
      }),
    );
  });
});

describe('an estimate', () => {
  it('takes the input by length and a token for three characters of output, and is flagged', () => {
    expect(estimateCharge(priced(plain), 10)).toMatchObject({
      usage: { inputUncached: 300, outputText: 4 },
      estimated: true,
    });
  });

  it('is never above the hold, whatever came', () => {
    const worst = priceWorstCase({ inputTokensMax: 1000, outputTokensMax: 200, requests: 1 }, plain);
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.nat(10_000), (characters, inputTokensEstimate) => {
        const charge = estimateCharge({ ...priced(plain), inputTokensEstimate }, characters);
        expect(charge.amountNanoUsd).toBeLessThanOrEqual(worst);
      }),
    );
  });
});
