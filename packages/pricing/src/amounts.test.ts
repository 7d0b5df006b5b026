import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatNanoUsd, formatUsd, formatUsdPerUnit, parseNanoUsd, toUsdNumber } from './amounts.ts';

const ledgerMax = 9_223_372_036_854_775_807n;
const anyAmount = fc.bigInt({ min: -ledgerMax, max: ledgerMax });

describe('an amount of nano-USD', () => {
  it('survives the way through its string unchanged', () => {
    fc.assert(fc.property(anyAmount, (amount) => parseNanoUsd(formatNanoUsd(amount)) === amount));
  });

  it('reads as plain decimal USD that is exactly the same amount', () => {
    fc.assert(
      fc.property(anyAmount, (amount) => {
        const text = formatUsd(amount);
        expect(text).toMatch(/^-?\d+(\.\d*[1-9])?$/);
        const [whole = '', fraction = ''] = text.replace('-', '').split('.');
        const size = BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
        expect(text.startsWith('-') ? -size : size).toBe(amount);
      }),
    );
  });

  it.each([
    [0n, '0'],
    [12_345n, '0.000012345'],
    [1n, '0.000000001'],
    [-1_500_000_000n, '-1.5'],
    [3_000_000_000n, '3'],
    [10_000_000_000n, '10'],
  ])('writes %s as %s', (amount, text) => {
    expect(formatUsd(amount)).toBe(text);
  });

  it('is the nearest JSON number for reading', () => {
    expect(toUsdNumber(12_345n)).toBe(0.000012345);
    expect(JSON.stringify(toUsdNumber(1_500_000_000n))).toBe('1.5');
  });

  it.each(['', '1.0', '1e3', ' 1', '0x10', '+1', '--1', '12345678901234567890'])('is refused as %j', (text) => {
    expect(() => parseNanoUsd(text)).toThrow(RangeError);
  });
});

describe('a rate of pico-USD', () => {
  it.each([
    ['0', '0'],
    ['1', '0.000000000001'],
    ['150000', '0.00000015'],
    ['10000000', '0.00001'],
    ['2000000000000', '2'],
  ])('of %s is shown as %s USD per unit', (rate, text) => {
    expect(formatUsdPerUnit(rate)).toBe(text);
  });

  it.each(['', '-1', '1.5', '1e5'])('is refused as %j', (rate) => {
    expect(() => formatUsdPerUnit(rate)).toThrow(RangeError);
  });
});
