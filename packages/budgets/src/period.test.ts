import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { forecastSpending } from './forecast.ts';
import { windowAt } from './period.ts';

const at = (text: string) => Date.parse(text);
const show = (period: 'day' | 'week' | 'month', timeZone: string, now: string) => {
  const { key, startsMs, endsMs } = windowAt(period, timeZone, at(now));
  return [key, new Date(startsMs ?? 0).toISOString(), new Date(endsMs ?? 0).toISOString()];
};

describe('the turn of a budget', () => {
  it.each([
    ['Europe/Moscow', '2026-11-30T20:59:59.999Z', '2026-11-30', '2026-11-29T21:00:00.000Z'],
    ['Europe/Moscow', '2026-11-30T21:00:00.000Z', '2026-12-01', '2026-11-30T21:00:00.000Z'],
    ['America/New_York', '2026-12-01T04:59:59.999Z', '2026-11-30', '2026-11-30T05:00:00.000Z'],
    ['America/New_York', '2026-12-01T05:00:00.000Z', '2026-12-01', '2026-12-01T05:00:00.000Z'],
    ['Asia/Kolkata', '2026-11-30T18:29:59.999Z', '2026-11-30', '2026-11-29T18:30:00.000Z'],
    ['Pacific/Kiritimati', '2026-11-30T10:00:00.000Z', '2026-12-01', '2026-11-30T10:00:00.000Z'],
  ])('is a day of %s at %s', (timeZone, now, key, starts) => {
    expect(show('day', timeZone, now).slice(0, 2)).toEqual([key, starts]);
  });

  it('has 23 and 25 hours where clocks are changed', () => {
    const hours = (now: string) => {
      const { startsMs, endsMs } = windowAt('day', 'Europe/Berlin', at(now));
      return ((endsMs ?? 0) - (startsMs ?? 0)) / 3_600_000;
    };
    expect([hours('2026-03-29T12:00:00Z'), hours('2026-10-25T12:00:00Z')]).toEqual([23, 25]);
  });

  it('begins at the first instant of a date whose midnight is skipped', () => {
    const first = '2026-09-06T04:00:00.000Z';
    expect(show('day', 'America/Santiago', '2026-09-06T12:00:00Z').slice(0, 2)).toEqual(['2026-09-06', first]);
  });

  it('is a week from Monday, and a month', () => {
    const week = ['week-2026-11-30', '2026-11-30T00:00:00.000Z', '2026-12-07T00:00:00.000Z'];
    expect(show('week', 'UTC', '2026-12-06T23:59:59.999Z')).toEqual(week);
    expect(show('week', 'UTC', '2026-11-29T23:59:59.999Z')[0]).toBe('week-2026-11-23');
    const month = ['2026-12', '2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'];
    expect(show('month', 'UTC', '2026-12-31T23:59:59.999Z')).toEqual(month);
    expect(windowAt('total', 'UTC', 0)).toEqual({ key: 'total', startsMs: null, endsMs: null });
  });

  it('holds its instant, and the turn after it begins at its end', () => {
    const zones = fc.constantFrom('UTC', 'Europe/Moscow', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu');
    const periods = fc.constantFrom('day' as const, 'week' as const, 'month' as const);
    const instants = fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2035-01-01T00:00:00Z') });
    fc.assert(
      fc.property(periods, zones, instants, (period, zone, nowMs) => {
        const { key, startsMs, endsMs } = windowAt(period, zone, nowMs);
        if (startsMs === null || endsMs === null) throw new Error('no end');
        expect(nowMs).toBeGreaterThanOrEqual(startsMs);
        expect(nowMs).toBeLessThan(endsMs);
        expect(windowAt(period, zone, endsMs - 1)).toEqual({ key, startsMs, endsMs });
        const next = windowAt(period, zone, endsMs);
        expect(next.startsMs).toBe(endsMs);
        expect(next.key > key).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the forecast', () => {
  const window = { key: 'x', startsMs: 1000, endsMs: 2000 };
  it.each([
    [1500, 200n],
    [1009, null],
    [1010, 10_000n],
    [2000, 100n],
    [9999, 100n],
  ])('at %s is %s', (nowMs, forecast) => {
    expect(forecastSpending(window, 100n, nowMs)).toBe(forecast);
  });

  it('is none without an end', () => {
    expect(forecastSpending(windowAt('total', 'UTC', 0), 100n, 1)).toBeNull();
  });
});
