import { providerHealth } from '@aggregator/contracts';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { HealthBook } from './health-book.ts';

describe('the health of providers', () => {
  let book: HealthBook;
  beforeEach(() => {
    book = new HealthBook();
  });
  const failTimes = (name: string, times: number, fromMs = 1000) => {
    for (let at = 0; at < times; at += 1) book.record(name, 'upstream_unreachable', fromMs + at);
  };

  it('is unknown before a probe', () => {
    expect(book.read('a')).toEqual({ state: 'unknown', since: null, lastProbeAt: null, reason: null });
  });

  it('is bad after three failures in a row, not before, and reports since when and why', () => {
    failTimes('a', 2);
    expect(book.read('a').state).toBe('unknown');
    expect(book.unhealthy).toEqual([]);

    expect(book.record('a', 'upstream_error (503)', 5000)).toBe(true);
    expect(providerHealth.parse(book.read('a'))).toEqual({
      state: 'unhealthy',
      since: '1970-01-01T00:00:05.000Z',
      lastProbeAt: '1970-01-01T00:00:05.000Z',
      reason: 'upstream_error (503)',
    });
    expect(book.unhealthy).toEqual(['a']);
    expect(book.record('a', 'upstream_timeout', 6000)).toBe(false);
    expect(book.read('a')).toMatchObject({ since: '1970-01-01T00:00:05.000Z', reason: 'upstream_timeout' });
  });

  it('is good after one success, and a success between failures starts the count again', () => {
    failTimes('a', 3);
    expect(book.record('a', null, 9000)).toBe(true);
    expect(book.read('a')).toMatchObject({ state: 'healthy', since: '1970-01-01T00:00:09.000Z', reason: null });

    failTimes('a', 2);
    book.record('a', null, 9500);
    failTimes('a', 2);
    expect(book.read('a').state).toBe('healthy');
    expect(book.unhealthy).toEqual([]);
  });

  it('gives another list of the unhealthy when it changes, and the same one otherwise', () => {
    failTimes('b', 3);
    const first = book.unhealthy;
    failTimes('b', 5);
    book.record('c', null, 1);
    expect(book.unhealthy).toBe(first);

    failTimes('a', 3);
    expect(book.unhealthy).toEqual(['a', 'b']);
    expect(first).toEqual(['b']);
  });

  it('forgets who is gone', () => {
    failTimes('a', 3);
    failTimes('b', 3);
    book.retain(new Set(['b']));

    expect(book.unhealthy).toEqual(['b']);
    expect(book.read('a').state).toBe('unknown');
  });
});
