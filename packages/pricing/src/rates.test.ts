import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatUsdPerUnit } from './amounts.ts';
import { picoUsdPerTokenFromUsdPerMillion } from './rates.ts';

describe('a price per million tokens', () => {
  it.each([
    ['0', '0'],
    ['0.15', '150000'],
    ['0.0375', '37500'],
    ['2.50', '2500000'],
    ['10', '10000000'],
    ['0.000001', '1'],
    ['00.1500000000', '150000'],
  ])('of %s is exactly %s pico-USD per token', (usd, pico) => {
    expect(picoUsdPerTokenFromUsdPerMillion(usd)).toBe(pico);
  });

  it.each(['0.0000001', '1.2345678', '1e-6', '', '-1', '.5', '5.', 'NaN', 'Infinity', '1,5', ' 1'])(
    'is refused as %j, never rounded',
    (usd) => {
      expect(() => picoUsdPerTokenFromUsdPerMillion(usd)).toThrow(RangeError);
    },
  );

  it('is what the price per token says, a million times', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 11n }), (pico) => {
        const perMillion = formatUsdPerUnit((pico * 1_000_000n).toString());
        expect(picoUsdPerTokenFromUsdPerMillion(perMillion)).toBe(pico.toString());
      }),
    );
  });
});
