import { describe, expect, it } from '@jest/globals';
import {
  formatCents,
  formatMoney,
  formatMoneyShort,
  formatPico,
  parseMoney,
  perMillion,
  perMillionOfPico,
  toPlainMoney,
} from './money.ts';

describe('an amount', () => {
  it.each([
    ['0', '$0.00'],
    ['1', '$0.000000001'],
    ['1500000000', '$1.50'],
    ['-24600', '−$0.0000246'],
    ['9223372036854775807', '$9,223,372,036.854775807'],
  ])('of %s nano-USD is %s, to the last digit', (nano, text) => {
    expect(formatMoney(nano, 'en')).toBe(text);
  });

  it('has the comma of Russian', () => {
    expect(formatMoney('1234500000000', 'ru')).toBe('$1\u00a0234,50');
  });

  it.each([
    ['1499999999', '$1.50'],
    ['-1004999999', '−$1.00'],
    ['1005000000', '$1.01'],
    ['24600', '$0.0000246'],
  ])('of %s is short as %s', (nano, text) => {
    expect(formatMoneyShort(nano, 'en')).toBe(text);
  });

  it.each([
    ['12.5', 12_500_000_000n],
    ['$ 0,000000001', 1n],
    ['-3', -3_000_000_000n],
    ['1.0000000001', null],
    ['1e3', null],
    ['', null],
  ])('is read from %j', (text, amount) => {
    expect(parseMoney(text)).toBe(amount);
  });

  it.each(['0', '12500000000', '1', '-3000000000', '20000000000'])('of %s is the same after a change', (nano) => {
    expect(parseMoney(toPlainMoney(nano))).toBe(BigInt(nano));
  });

  it('of cents is exact', () => {
    expect(formatCents('123456', 'en')).toBe('$1,234.56');
    expect(formatCents('-5', 'en')).toBe('−$0.05');
  });

  it.each([
    ['0.00000015', '0.15'],
    ['0.0000025', '2.5'],
    ['0.04', '40000'],
    ['1', '1000000'],
    ['0', '0'],
  ])('of %s USD per unit is %s per million', (each, million) => {
    expect(perMillion(each)).toBe(million);
  });

  it('of pico-USD is exact, as an amount and as a rate', () => {
    expect(formatPico('1', 'en')).toBe('$0.000000000001');
    expect(formatPico('2400000000000', 'en')).toBe('$2.40');
    expect(perMillionOfPico('150000', 'en')).toBe('$0.15');
  });
});
