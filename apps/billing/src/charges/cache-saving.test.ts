import { describe, expect, it } from '@jest/globals';
import { cacheSavingOf } from './cache-saving.ts';

const rates = {
  ...{ inputUncached: '3000000', cacheRead: '300000', cacheWrite5m: '3750000', cacheWrite1h: '6000000' },
  outputText: '15000000',
};

describe('C-m3: what the prompt cache saved', () => {
  it.each([
    ['is unknown without the cache', { inputUncached: 100, outputText: 5 }, null],
    // 1,000 × ($3 − $0.30) a million.
    ['is nine tenths of what was read', { inputUncached: 10, cacheRead: 1000, outputText: 5 }, 2_700_000n],
    // 1,000 × ($3 − $3.75) a million.
    ['is below zero for what was only written', { cacheWrite5m: 1000 }, -750_000n],
    [
      'is the sum of both',
      { cacheRead: 1000, cacheWrite5m: 1000, cacheWrite1h: 100 },
      2_700_000n - 750_000n - 300_000n,
    ],
  ])('%s', (_name, used, saving) => {
    expect(cacheSavingOf(used, rates)).toBe(saving);
  });

  it('is rounded down', () => {
    const odd = { inputUncached: '1500', cacheRead: '1', cacheWrite5m: '1501' };
    expect(cacheSavingOf({ cacheRead: 1 }, odd)).toBe(1n);
    expect(cacheSavingOf({ cacheWrite5m: 1 }, odd)).toBe(-1n);
  });

  it('is by the rates of the tier that the request fell into', () => {
    const above = { inputTokens: 1000, rates: { inputUncached: '6000000', cacheRead: '600000' } };
    expect(cacheSavingOf({ cacheRead: 1001 }, { ...rates, above })).toBe(5_405_400n);
  });
});
