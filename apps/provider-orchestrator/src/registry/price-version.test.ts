import { price } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { toPriceVersion } from './price-version.ts';

describe('the version of a price', () => {
  it('is the same for the same rates in any order', () => {
    const version = toPriceVersion('openai', 'gpt-4o-mini', { inputUncached: '150000', outputText: '600000' });

    expect(version).toMatch(/^openai\/gpt-4o-mini@[0-9a-f]{16}$/);
    expect(toPriceVersion('openai', 'gpt-4o-mini', { outputText: '600000', inputUncached: '150000' })).toBe(version);
    expect(
      toPriceVersion('p', 'm', { above: { rates: { outputText: '2', inputUncached: '1' }, inputTokens: 9 } }),
    ).toBe(toPriceVersion('p', 'm', { above: { inputTokens: 9, rates: { inputUncached: '1', outputText: '2' } } }));
  });

  it('is another one for other rates, another model or another provider', () => {
    const versions = [
      toPriceVersion('openai', 'a', { inputUncached: '1' }),
      toPriceVersion('openai', 'a', { inputUncached: '2' }),
      toPriceVersion('openai', 'a', { outputText: '1' }),
      toPriceVersion('openai', 'b', { inputUncached: '1' }),
      toPriceVersion('custom', 'a', { inputUncached: '1' }),
      toPriceVersion('openai', 'a', { inputUncached: '1', above: { inputTokens: 9, rates: { inputUncached: '2' } } }),
      toPriceVersion('openai', 'a', { inputUncached: '1', above: { inputTokens: 8, rates: { inputUncached: '2' } } }),
      toPriceVersion('openai', 'a', { inputUncached: '1', above: { inputTokens: 9, rates: { inputUncached: '3' } } }),
      toPriceVersion('openai', 'a', { inputUncached: '2', above: { inputTokens: 9, rates: { inputUncached: '1' } } }),
    ];

    expect(new Set(versions).size).toBe(versions.length);
  });

  it('stays within what a charge can hold, and distinct, for the longest names', () => {
    const one = toPriceVersion('p'.repeat(63), `${'m'.repeat(199)}1`, { inputUncached: '1' });
    const two = toPriceVersion('p'.repeat(63), `${'m'.repeat(199)}2`, { inputUncached: '1' });

    expect(price.safeParse({ version: one, rates: { inputUncached: '1' } }).success).toBe(true);
    expect(one).not.toBe(two);
  });
});
