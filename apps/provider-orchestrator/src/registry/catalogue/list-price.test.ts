import { describe, expect, it } from '@jest/globals';
import type { ModelInfo, ModelPrice } from '@pydantic/genai-prices';
import { readListPrice } from './list-price.ts';

const chat = ['chat.completions'] as const;
const read = (prices: ModelPrice) => {
  const info: ModelInfo = { id: 'm', match: { equals: 'm' }, prices };
  return readListPrice(info, chat, 0);
};

describe('a price of the list', () => {
  it('in tiers is the plain one, and the one above the border as a whole', () => {
    const listed = read({
      input_mtok: { base: 1, tiers: [{ start: 1000, price: 2 }] },
      output_mtok: { base: 4, tiers: [{ start: 1000, price: 6 }] },
      // Costs the same in both.
      cache_read_mtok: 0.1,
    });

    expect(listed).toEqual({
      rates: {
        ...{ inputUncached: '1000000', cacheRead: '100000', cacheWrite5m: '1000000' },
        ...{ outputText: '4000000', outputReasoning: '4000000' },
        above: {
          inputTokens: 1000,
          rates: {
            ...{ inputUncached: '2000000', cacheRead: '100000', cacheWrite5m: '2000000' },
            ...{ outputText: '6000000', outputReasoning: '6000000' },
          },
        },
      },
      inputTokensMax: null,
    });
  });

  it('in more than two tiers ends where the third begins, in any order and with any owner of the border', () => {
    const tiers = [
      { start: 3000, price: 3 },
      { start: 1000, price: 2 },
      { start: 9000, price: 9 },
    ];
    const oneHas = read({ input_mtok: { base: 1, tiers }, output_mtok: 4 });
    const twoHave = read({
      input_mtok: { base: 1, tiers: [{ start: 1000, price: 2 }] },
      output_mtok: { base: 4, tiers: [{ start: 3000, price: 6 }] },
    });

    for (const listed of [oneHas, twoHave]) {
      expect(listed).toMatchObject({
        rates: {
          ...{ inputUncached: '1000000', outputText: '4000000' },
          above: { inputTokens: 1000, rates: { inputUncached: '2000000', outputText: '4000000' } },
        },
        inputTokensMax: 3000,
      });
    }
  });

  it('is none where either tier cannot be said exactly', () => {
    const tiers = [{ start: 1000, price: 0.000_000_1 }];
    expect(read({ input_mtok: 0.000_000_1, output_mtok: 4 })).toBeNull();
    expect(read({ input_mtok: { base: 1, tiers }, output_mtok: 4 })).toBeNull();
  });
});
