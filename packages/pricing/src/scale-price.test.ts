import { describe, expect, it } from '@jest/globals';
import { scalePrice } from './scale-price.ts';

const rates = { inputUncached: '100', outputText: '3', above: { inputTokens: 10, rates: { inputUncached: '200' } } };
const price = { version: 'openai/gpt@0123456789abcdef', rates };

describe('a price times a factor', () => {
  it('rounds each rate of both tiers up to whole pico-USD, and keeps what it was as the cost', () => {
    expect(scalePrice(price, 1_250_000, '1250000')).toEqual({
      version: 'openai/gpt@0123456789abcdef~1250000',
      rates: { inputUncached: '125', outputText: '4', above: { inputTokens: 10, rates: { inputUncached: '250' } } },
      cost: price,
    });
  });

  it('keeps a cost that the price has already', () => {
    const cost = { version: 'bought', rates: { inputUncached: '1' } };

    expect(scalePrice({ ...price, cost }, 500_000, 'half').cost).toBe(cost);
  });

  it('has a version of at most 100 characters that still ends with the hash', () => {
    const version = `${'p'.repeat(83)}@0123456789abcdef`;

    expect(scalePrice({ ...price, version }, 1, 'hit-50').version).toBe(`${'p'.repeat(76)}@0123456789abcdef~hit-50`);
  });
});
