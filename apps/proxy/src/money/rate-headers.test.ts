import { describe, expect, it } from '@jest/globals';
import { formatReset } from './rate-headers.ts';

describe('the time until a limit is whole again', () => {
  it.each([
    [0, '0ms'],
    [20.4, '21ms'],
    [1000, '1s'],
    [1500, '1.5s'],
    [59_999, '59.999s'],
    [60_000, '1m0s'],
    [360_000, '6m0s'],
    [3_661_000, '61m1s'],
  ])('of %p ms is written %p', (ms, text) => {
    expect(formatReset(ms)).toBe(text);
  });
});
