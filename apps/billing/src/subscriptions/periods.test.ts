import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { periodAt, prorate } from './periods.ts';

const instant = fc.date({ min: new Date('2020-01-01'), max: new Date('2060-01-01'), noInvalidDate: true });

describe('periodAt', () => {
  it.each([
    ['2026-01-31T10:00:00Z', 0, '2026-01-31T10:00:00Z', '2026-02-28T10:00:00Z'],
    ['2026-01-31T10:00:00Z', 1, '2026-02-28T10:00:00Z', '2026-03-31T10:00:00Z'],
    ['2027-12-31T00:00:00Z', 2, '2028-02-29T00:00:00Z', '2028-03-31T00:00:00Z'],
  ])('from %s, number %s is from %s to %s', (anchor, index, from, to) => {
    expect(periodAt(new Date(anchor), index)).toEqual({ from: new Date(from), to: new Date(to) });
  });

  it('leaves no instant out between two periods', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 0, max: 500 }), (anchor, index) => {
        const [one, next] = [periodAt(anchor, index), periodAt(anchor, index + 1)];
        return one.to.getTime() === next.from.getTime() && one.from < one.to;
      }),
    );
  });
});

describe('prorate', () => {
  it('gives what is left of a period: all at its begin, nothing at its end, and never more', () => {
    const amount = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });
    fc.assert(
      fc.property(instant, amount, fc.double({ min: -0.5, max: 1.5, noNaN: true }), (anchor, whole, share) => {
        const period = periodAt(anchor, 0);
        const [from, to] = [period.from.getTime(), period.to.getTime()];
        const part = prorate(whole, period, new Date(from + share * (to - from)));
        const isWithin = whole >= 0n ? part >= 0n && part <= whole : part <= 0n && part >= whole;
        return isWithin && prorate(whole, period, period.from) === whole && prorate(whole, period, period.to) === 0n;
      }),
    );
  });
});
