import { describe, expect, it } from '@jest/globals';
import { LineBudget } from './line-budget.ts';

describe('a budget of lines', () => {
  it('leaves out lines beyond the bound of a second, and counts them (I12)', () => {
    let nowMs = 5000;
    const budget = new LineBudget(2, () => nowMs);

    expect([budget.take(), budget.take(), budget.take(), budget.take()]).toEqual([
      { leftOut: 0 },
      { leftOut: 0 },
      null,
      null,
    ]);
    nowMs = 6000;
    expect([budget.take(), budget.take(), budget.take()]).toEqual([{ leftOut: 2 }, { leftOut: 0 }, null]);
  });
});
