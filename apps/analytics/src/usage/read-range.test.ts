import { describe, expect, it } from '@jest/globals';
import { lastDay, readRange } from './read-range.ts';

const nowMs = Date.parse('2026-11-21T10:15:30Z');
const hours = ({ from, to }: { from: Date; to: Date }) => [from.toISOString(), to.toISOString()];

describe('the range of a dashboard', () => {
  it('is the last 30 days to the end of this hour where none is asked for', () => {
    expect(hours(readRange({}, nowMs))).toEqual(['2026-10-22T11:00:00.000Z', '2026-11-21T11:00:00.000Z']);
    expect(hours(lastDay(nowMs))).toEqual(['2026-11-20T11:00:00.000Z', '2026-11-21T11:00:00.000Z']);
  });

  it('is widened to whole hours, and left alone where it is whole', () => {
    expect(hours(readRange({ from: '2026-11-01T10:59:59Z', to: '2026-11-01T11:00:01Z' }, nowMs))).toEqual([
      '2026-11-01T10:00:00.000Z',
      '2026-11-01T12:00:00.000Z',
    ]);
    const whole = { from: '2026-11-01T10:00:00.000Z', to: '2026-11-01T11:00:00.000Z' };
    expect(hours(readRange(whole, nowMs))).toEqual([whole.from, whole.to]);
  });

  it('may be 366 days long and no hour longer', () => {
    const to = '2026-11-21T00:00:00Z';

    expect(hours(readRange({ from: '2025-11-20T00:00:00Z', to }, nowMs))[0]).toBe('2025-11-20T00:00:00.000Z');
    expect(() => readRange({ from: '2025-11-19T23:00:00Z', to }, nowMs)).toThrow(
      expect.objectContaining({ code: 'invalid_value', param: 'from' }),
    );
  });

  it.each([
    [{ from: '2026-11-02T00:00:00Z', to: '2026-11-01T00:00:00Z' }, 'to'],
    [{ from: '2026-11-01T00:00:00Z', to: '2026-11-01T00:00:00Z' }, 'to'],
    [{ from: '2027-01-01T00:00:00Z' }, 'from'],
    [{ from: '0001-01-01T00:00:00Z' }, 'from'],
    [{ to: '9999-01-01T00:00:00Z' }, 'to'],
    [{ groupBy: 'minute', from: '2026-11-20T10:00:00Z' }, 'from'],
  ] as const)('refuses %j, naming %s', (query, param) => {
    expect(() => readRange(query, nowMs)).toThrow(expect.objectContaining({ code: 'invalid_value', param }));
  });
});
