import { describe, expect, it } from '@jest/globals';
import { readRetryAfterMs } from './retry-after.ts';

const now = Date.UTC(1994, 10, 6, 8, 49, 37);
const read = (headers: Record<string, string>, status = 429) => readRetryAfterMs(headers, status, now);

describe('the wait that a provider asks for', () => {
  it.each([
    ['3', 3000],
    ['0', 0],
    ['1.5', 1500],
    ['999999999', 86_400_000],
    ['Sun, 06 Nov 1994 08:49:40 GMT', 3000],
    ['Sunday, 06-Nov-94 08:49:40 GMT', 3000],
    ['Sun Nov  6 08:49:40 1994', 3000],
    ['Sun, 06 Nov 1994 08:49:30 GMT', null],
    ['Sun, 06 Nov 2044 08:49:30 GMT', 86_400_000],
    ['-1', null],
    ['soon', null],
    ['Sun, 99 Nov 1994 99:49:30 GMT', null],
    ['Sunset', null],
  ])('is read from Retry-After: %s', (value, waitMs) => {
    expect(read({ 'retry-after': value })).toBe(waitMs);
    expect(read({ 'retry-after': value }, 503)).toBe(waitMs);
  });

  it('is counted from the date of the answer, not from our clock', () => {
    const headers = { date: 'Mon, 01 Jan 2035 00:00:00 GMT', 'retry-after': 'Mon, 01 Jan 2035 00:00:20 GMT' };
    expect(read(headers)).toBe(20_000);
  });

  it('is read from milliseconds before anything else', () => {
    expect(read({ 'retry-after-ms': '1500', 'retry-after': '30' })).toBe(1500);
  });

  it.each([
    [{ 'x-ratelimit-reset-requests': '2s' }, 2000],
    [{ 'x-ratelimit-reset-tokens': '6m0s' }, 360_000],
    [{ 'x-ratelimit-reset-tokens': '1h2m3.5s' }, 3_723_500],
    [{ 'x-ratelimit-reset-requests': '120ms' }, 120],
    [{ 'x-ratelimit-reset-requests': '2s', 'x-ratelimit-reset-tokens': '6m0s' }, 2000],
    [
      {
        ...{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '2s' },
        ...{ 'x-ratelimit-remaining-tokens': '9000', 'x-ratelimit-reset-tokens': '6m0s' },
      },
      2000,
    ],
    [{ 'x-ratelimit-remaining-requests': '7', 'x-ratelimit-reset-requests': '2s' }, null],
    [
      { 'anthropic-ratelimit-tokens-remaining': '0', 'anthropic-ratelimit-tokens-reset': '1994-11-06T08:50:07Z' },
      30_000,
    ],
    [{ 'anthropic-ratelimit-requests-reset': '1994-11-06T09:49:37+01:00' }, null],
    [{ 'x-ratelimit-reset': '30' }, 30_000],
    [{ 'x-ratelimit-reset-requests': 'x'.repeat(1000) }, null],
    [{}, null],
  ])('is read from the windows of a 429: %j', (headers, waitMs) => {
    expect(read(headers)).toBe(waitMs);
    expect(read(headers, 500)).toBeNull();
  });

  it.each([
    [1000, 4000],
    [1, 4000],
  ])('is read from a time since 1970, in units of %i a second', (unit, waitMs) => {
    const nowMs = Date.UTC(2026, 10, 30);
    expect(readRetryAfterMs({ 'x-ratelimit-reset': String(((nowMs + 4000) * unit) / 1000) }, 429, nowMs)).toBe(waitMs);
  });

  it('is the one that a longer Retry-After names, if there are both', () => {
    expect(read({ 'retry-after': '20', 'x-ratelimit-reset-requests': '2s' })).toBe(20_000);
  });
});
