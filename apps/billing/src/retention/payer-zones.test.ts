import { describe, expect, it } from '@jest/globals';
import { dayOf } from '../invoices/month-bounds.ts';
import { listShifts } from './payer-zones.ts';

const [from, to] = [new Date('2026-01-01T00:00:00Z'), new Date('2027-01-01T00:00:00Z')];
const listed = (zone: string) => listShifts(zone, from, to).map(({ since, seconds }) => [since.toISOString(), seconds]);

describe('shifts of the clocks of a time zone', () => {
  it('are those of winter and summer time', () => {
    expect(listed('Europe/Berlin')).toEqual([
      ['2026-01-01T00:00:00.000Z', 3600],
      ['2026-03-29T01:00:00.000Z', 7200],
      ['2026-10-25T01:00:00.000Z', 3600],
    ]);
  });

  it.each([
    ['AET', 39_600],
    ['-03', -10_800],
    ['+0530', 19_800],
    ['Nowhere/Land', 0],
  ])('of %s begin with %d s', (zone, seconds) => {
    expect(listed(zone)[0]).toEqual([from.toISOString(), seconds]);
  });

  it.each(['AET', 'America/New_York', 'Africa/Casablanca', 'Australia/Lord_Howe', 'Asia/Kathmandu'])(
    'give the days of the invoices in %s, at each hour of a year',
    (zone) => {
      const shifts = listShifts(zone, from, to);
      const differing: string[] = [];
      for (let ms = from.getTime(); ms < to.getTime(); ms += 3_599_000) {
        const shift = shifts.findLast(({ since }) => since.getTime() <= ms);
        const day = new Date(ms + (shift?.seconds ?? 0) * 1000).toISOString().slice(0, 10);
        if (day !== dayOf(new Date(ms), zone)) differing.push(new Date(ms).toISOString());
      }
      expect(differing).toEqual([]);
    },
  );
});
