import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { monthOf } from './month-bounds.ts';
import { containedTax, shareCents } from './share-cents.ts';

const nanoPerCent = 10_000_000n;

describe('shareCents', () => {
  it('adds up to the nano: lines to the total, and total with the rest to what is due', () => {
    const amount = fc.bigInt({ min: -50_000_000n, max: 90_000_000_000n });
    fc.assert(
      fc.property(fc.array(amount, { minLength: 1, maxLength: 20 }), amount, (amounts, carriedIn) => {
        const due = amounts.reduce((sum, part) => sum + part, carriedIn);
        const shared = shareCents(amounts, carriedIn);
        if (shared === null) return due < nanoPerCent;
        const sum = shared.cents.reduce((one, other) => one + other, 0n);
        const isExact = shared.total * nanoPerCent + shared.carried === due;
        return isExact && sum === shared.total && shared.carried >= 0n && shared.carried < nanoPerCent;
      }),
    );
  });

  it('gives the cents that are left to the largest remainders', () => {
    expect(shareCents([16_000_000n, 19_000_000n, 15_000_000n], 0n)).toEqual({
      ...{ cents: [2n, 2n, 1n], total: 5n, carried: 0n },
    });
  });
});

describe('shareCents of a large amount that was carried in', () => {
  it.each([1n, -1n])('takes no step for each cent (sign %s)', (sign) => {
    const billion = 1_000_000_000n * 100n;
    const shared = shareCents(
      [50_000_000n * billion * -sign + 60_000_000n * billion, 1n, 3n],
      50_000_000n * billion * sign,
    );
    const sum = shared?.cents.reduce((one, other) => one + other, 0n);
    expect(sum).toBe(shared?.total);
  });
});

describe('containedTax', () => {
  it.each([
    [11_900n, 190_000, 1900n],
    [100n, 200_000, 17n],
    [1n, 190_000, 0n],
    [12_345n, 0, 0n],
  ])('of %s cents at %s ppm is %s', (total, ppm, tax) => {
    expect(containedTax(total, ppm)).toBe(tax);
  });
});

describe('monthOf', () => {
  it.each([
    ['2026-11-30T22:00:00Z', 'UTC', '2026-11', '2026-11-01T00:00:00Z', '2026-12-01T00:00:00Z'],
    ['2026-11-30T22:00:00Z', 'Europe/Moscow', '2026-12', '2026-11-30T21:00:00Z', '2026-12-31T21:00:00Z'],
    ['2026-03-15T00:00:00Z', 'Europe/Berlin', '2026-03', '2026-02-28T23:00:00Z', '2026-03-31T22:00:00Z'],
    ['2026-11-15T00:00:00Z', 'America/New_York', '2026-11', '2026-11-01T04:00:00Z', '2026-12-01T05:00:00Z'],
    ['2026-12-31T12:00:00Z', 'Pacific/Kiritimati', '2027-01', '2026-12-31T10:00:00Z', '2027-01-31T10:00:00Z'],
  ])('%s in %s is %s', (instant, timeZone, period, from, to) => {
    expect(monthOf(new Date(instant), timeZone)).toEqual({ period, from: new Date(from), to: new Date(to) });
  });

  it('leaves no instant out between two months, in any zone', () => {
    const zone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
    const at = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(zone, at, (timeZone, instant) => {
        const month = monthOf(instant, timeZone);
        const isInside = month.from <= instant && instant < month.to;
        return isInside && monthOf(month.to, timeZone).from.getTime() === month.to.getTime();
      }),
    );
  });
});
