import { describe, expect, it } from '@jest/globals';
import { parsePercent, toPercent } from './price-percent.ts';

describe('the change of a price rule', () => {
  it.each([
    ['25', 1_250_000],
    ['-12,5 %', 875_000],
    ['−10', 900_000],
    ['0', 1_000_000],
    ['-100', 0],
    ['0.0001', 1_000_001],
    ['9900', 100_000_000],
  ])('%j is a multiplier of %s millionths, and back', (text, multiplierPpm) => {
    expect(parsePercent(text)).toBe(multiplierPpm);
    expect(parsePercent(String(toPercent(multiplierPpm)))).toBe(multiplierPpm);
  });

  it.each(['', 'ten', '-101', '9901', '1e3', '0.00001'])('%j is none', (text) => {
    expect(parsePercent(text)).toBeNull();
  });
});
