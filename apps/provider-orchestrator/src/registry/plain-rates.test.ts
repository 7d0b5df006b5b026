import { priceInUsd, rates } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { fromRates, toRates } from './plain-rates.ts';

describe('plain prices', () => {
  it('are exact rates, of which the cache and reasoning take part unless they have their own', () => {
    expect(toRates({ input: '0.15', output: '0.6', cacheRead: '0.075' })).toEqual({
      inputUncached: '150000',
      outputText: '600000',
      outputReasoning: '600000',
      cacheRead: '75000',
      cacheWrite5m: '150000',
      cacheWrite1h: '150000',
    });
  });

  it('without output are those of embeddings', () => {
    expect(toRates({ input: '0.02' })).toEqual({ inputUncached: '20000' });
  });

  it('of two tiers are each made exact by themselves, and come back', () => {
    const above = { inputTokens: 100_000, price: { input: '0.5', output: '2.5', cacheRead: '0.05' } };
    const tiered = toRates({ input: '0.1', output: '0.5', above });

    expect(tiered).toMatchObject({
      ...{ inputUncached: '100000', cacheRead: '100000', outputReasoning: '500000' },
      above: {
        inputTokens: 100_000,
        rates: { inputUncached: '500000', cacheRead: '50000', cacheWrite1h: '500000', outputReasoning: '2500000' },
      },
    });
    expect(rates.parse(tiered)).toEqual(tiered);
    expect(fromRates(tiered)?.above).toMatchObject(above);
    expect(toRates(priceInUsd.parse(fromRates(tiered)))).toEqual(tiered);
  });

  it('of two tiers are refused where only one of them has a price for the answer', () => {
    const refused = [
      { input: '1', output: '2', above: { inputTokens: 9, price: { input: '2' } } },
      { input: '1', above: { inputTokens: 9, price: { input: '2', output: '2' } } },
      { input: '1', above: { inputTokens: 0, price: { input: '2' } } },
      {
        input: '1',
        above: { inputTokens: 9, price: { input: '2', above: { inputTokens: 19, price: { input: '3' } } } },
      },
    ];
    for (const price of refused) expect(priceInUsd.safeParse(price).success).toBe(false);
    expect(priceInUsd.safeParse({ input: '1', above: { inputTokens: 9, price: { input: '2' } } }).success).toBe(true);
  });

  it('come back as they were, with what they stood for spelled out', () => {
    const price = {
      input: '3',
      output: '15.25',
      reasoning: '0.000001',
      audioIn: '100',
      imageOut: '0',
      requests: '5000',
    };

    expect(fromRates(toRates(price))).toEqual({ ...price, cacheRead: '3', cacheWrite5m: '3', cacheWrite1h: '3' });
    expect(fromRates({ outputText: '1' })).toBeUndefined();
  });
});
