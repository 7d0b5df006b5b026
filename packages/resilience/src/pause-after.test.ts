import { describe, expect, it } from '@jest/globals';
import { jitteredPauseAfter, pauseAfter } from './pause-after.ts';

const backOff = { firstMs: 100, longestMs: 1000 };

describe('the pause after failures', () => {
  it('doubles from the first to the longest', () => {
    expect([1, 2, 3, 4, 5, 100_000].map((failures) => pauseAfter(failures, backOff))).toEqual([
      ...[100, 200, 400, 800, 1000, 1000],
    ]);
  });

  it('grows by another factor', () => {
    expect(pauseAfter(3, { ...backOff, factor: 3 })).toBe(900);
  });

  it('is at least half of it with jitter', () => {
    expect([0, 0.5, 1].map((value) => jitteredPauseAfter(2, backOff, () => value))).toEqual([100, 150, 200]);
  });
});
