import { describe, expect, it } from '@jest/globals';
import { toWaterfall } from './waterfall.ts';

describe('the waterfall of attempts', () => {
  it('places each attempt after those before it', () => {
    expect(toWaterfall([{ latencyMs: 100 }, { latencyMs: 300 }, { latencyMs: 0 }])).toEqual([
      { latencyMs: 100, number: 1, startPercent: 0, widthPercent: 25 },
      { latencyMs: 300, number: 2, startPercent: 25, widthPercent: 75 },
      { latencyMs: 0, number: 3, startPercent: 100, widthPercent: 0 },
    ]);
  });

  it('has no width if no time passed', () => {
    expect(toWaterfall([{ latencyMs: 0 }])).toEqual([{ latencyMs: 0, number: 1, startPercent: 0, widthPercent: 0 }]);
  });
});
