import { pictureClasses, type Rates, toolComponents, type Usage, usageComponents } from '@aggregator/contracts';
import { priceUsage, priceWorstCase } from '@aggregator/pricing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chargeUsage } from './charge.ts';
import { estimateCharge } from './estimate-charge.ts';

const plain: Rates = { inputUncached: '150000', outputText: '600000' };
const priced = (rates: Rates) => ({
  price: { version: 'p/1', rates },
  ...{ model: 'gpt-4o', inputTokensMax: 1000, outputTokensMax: 200, inputTokensEstimate: 300 },
});

describe('a charge', () => {
  it('is the provider’s figures at the pinned price', () => {
    expect(chargeUsage({ inputUncached: 10, outputText: 20 }, priced(plain))).toEqual({
      usage: { inputUncached: 10, outputText: 20 },
      amountNanoUsd: 13_500n,
      estimated: false,
      reportedUsage: null,
      estimate: null,
    });
  });

  it('of counters without a rate is that of plain input and output, flagged, and never free', () => {
    const usage: Usage = { inputUncached: 10, cacheRead: 5, outputText: 20, outputReasoning: 30 };

    expect(chargeUsage(usage, priced(plain))).toEqual({
      usage: { inputUncached: 15, outputText: 50 },
      amountNanoUsd: 32_250n,
      estimated: true,
      reportedUsage: null,
      estimate: null,
    });
  });

  it('can always be computed again from the usage and the price that stand beside it', () => {
    const counts = fc.record(Object.fromEntries(usageComponents.map((name) => [name, fc.nat(1_000_000)])), {
      requiredKeys: [],
    });
    const rates = fc.record(Object.fromEntries(usageComponents.map((name) => [name, fc.nat(1_000_000).map(String)])), {
      requiredKeys: ['inputUncached', 'outputText'],
    });
    const border = fc.integer({ min: 1, max: 6_000_000 });
    fc.assert(
      fc.property(counts, rates, rates, border, fc.boolean(), (usage, plain, dear, inputTokens, isTiered) => {
        const above = { inputTokens, rates: { ...dear, inputUncached: dear.inputUncached ?? '0' } };
        const some: Rates = isTiered ? { ...plain, above } : plain;
        const charge = chargeUsage(usage, priced(some));
        expect(charge.amountNanoUsd).toBe(priceUsage(charge.usage, some));
      }),
    );
  });

  it('counts a request if requests have a price', () => {
    const rates = { ...plain, requests: '1000000000' };

    expect(chargeUsage({ inputUncached: 10, outputText: 20 }, priced(rates))).toMatchObject({
      ...{ usage: { inputUncached: 10, outputText: 20, requests: 1 }, amountNanoUsd: 1_013_500n, estimated: false },
    });
    expect(estimateCharge(priced(rates), { characters: 0 }, null).usage).toEqual({ inputUncached: 300, requests: 1 });
  });

  it('leaves out tool calls that no request asks for, and keeps the report', () => {
    const usage = { inputUncached: 10, outputText: 20, toolCalls: 2 };

    expect(chargeUsage(usage, priced({ ...plain, toolCalls: '10000000000' }))).toMatchObject({
      ...{ usage: { inputUncached: 10, outputText: 20 }, amountNanoUsd: 13_500n, reportedUsage: usage },
    });
  });

  it('charges as many tool calls as the request allows', () => {
    const request = { ...priced({ ...plain, toolCalls: '10000000000' }), toolsMax: { toolCalls: 3 } };
    const used = (toolCalls: number) => chargeUsage({ inputUncached: 10, outputText: 20, toolCalls }, request);

    expect(used(2)).toMatchObject({ usage: { toolCalls: 2 }, amountNanoUsd: 20_013_500n, reportedUsage: null });
    expect(used(4)).toMatchObject({
      usage: { toolCalls: 3 },
      amountNanoUsd: 30_013_500n,
      reportedUsage: { toolCalls: 4 },
    });
  });

  const arbitraryBounds = fc.record({
    toolsMax: fc.record(Object.fromEntries(toolComponents.map((name) => [name, fc.nat(4)])), { requiredKeys: [] }),
    pictureClass: fc.constantFrom(...pictureClasses, null),
  });

  it('never costs more than the hold, for every usage that a provider reports (I2)', () => {
    const counts = fc.record(Object.fromEntries(usageComponents.map((name) => [name, fc.maxSafeNat()])), {
      requiredKeys: [],
    });
    const rates = fc.record(Object.fromEntries(usageComponents.map((name) => [name, fc.nat(1_000_000).map(String)])), {
      requiredKeys: ['inputUncached', 'outputText'],
    });
    fc.assert(
      fc.property(
        counts,
        rates,
        fc.option(fc.nat(4), { nil: undefined }),
        arbitraryBounds,
        (usage, some, images, more) => {
          const bounds = {
            inputTokensMax: 1000,
            outputTokensMax: 200,
            ...more,
            ...(images !== undefined && { imagesMax: images }),
          };
          const worst = priceWorstCase({ ...bounds, requests: 1 }, some);
          const request = { ...priced(some), ...bounds };
          expect(chargeUsage(usage, request).amountNanoUsd).toBeLessThanOrEqual(worst);
          expect(
            estimateCharge(request, { characters: 1e6, pictures: usage.images }, null).amountNanoUsd,
          ).toBeLessThanOrEqual(worst);
        },
      ),
    );
  });

  it('keeps the cheapest tokens of a usage above the bound, and the report beside them', () => {
    const usage: Usage = { inputUncached: 1500, cacheRead: 400, outputText: 1e9 };

    expect(chargeUsage(usage, priced({ ...plain, cacheRead: '15000' }))).toEqual({
      usage: { inputUncached: 600, cacheRead: 400, outputText: 200 },
      amountNanoUsd: 216_000n,
      estimated: true,
      reportedUsage: usage,
      estimate: null,
    });
  });

  it('at a price in two tiers is that of the one which the provider’s figures fall into, and exact', () => {
    const above = { inputTokens: 1000, rates: { inputUncached: '300000', cacheRead: '30000', outputText: '900000' } };
    const rates: Rates = { ...plain, cacheRead: '15000', above };
    const request = { ...priced(rates), inputTokensMax: 2000 };

    expect(chargeUsage({ inputUncached: 900, cacheRead: 100, outputText: 1 }, request)).toMatchObject({
      ...{ amountNanoUsd: 137_100n, estimated: false },
    });
    expect(chargeUsage({ inputUncached: 900, cacheRead: 101, outputText: 1 }, request)).toMatchObject({
      ...{ amountNanoUsd: 273_930n, estimated: false },
    });
  });

  it('of counters that only the other tier has a rate for is the rate of plain input and output in its tier', () => {
    const above = { inputTokens: 10, rates: { inputUncached: '300000', outputText: '900000' } };
    const rates: Rates = { ...plain, cacheRead: '15000', above };

    expect(chargeUsage({ inputUncached: 5, cacheRead: 6 }, priced(rates))).toEqual({
      usage: { inputUncached: 11 },
      amountNanoUsd: 3300n,
      estimated: true,
      reportedUsage: null,
      estimate: null,
    });
  });
});
