import { describe, expect, it } from '@jest/globals';
import { runwayDays } from './runway.ts';

describe('how long a balance lasts', () => {
  it.each([
    [100n, 70n, 7, 10],
    [100n, 0n, 7, null],
    [-1n, 70n, 7, 0],
    [10n ** 18n, 1n, 7, 3650],
  ])('%s at %s in %s days: %s', (balance, spent, days, expected) => {
    expect(runwayDays(balance, spent, days)).toBe(expected);
  });
});
