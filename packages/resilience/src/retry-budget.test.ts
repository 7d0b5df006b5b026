import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RetryBudget } from './retry-budget.ts';

describe('a retry budget', () => {
  it('gives a lone failure its retry, with nothing before it', () => {
    const budget = new RetryBudget();
    for (let nowMs = 0; nowMs < 600_000; nowMs += 10_000) {
      budget.noteAttempt(nowMs);
      expect(budget.takeRetry(nowMs)).toBe(true);
      budget.noteAttempt(nowMs + 300);
    }
  });

  it('gives one retry for ten requests, when every request fails', () => {
    const budget = new RetryBudget();
    let retries = 0;
    for (let request = 0; request < 1000; request += 1) {
      budget.noteAttempt(request);
      if (budget.takeRetry(request)) {
        retries += 1;
        budget.noteAttempt(request);
      }
    }
    expect(retries).toBe(100);
  });

  it('forgets after ten seconds, also after a long quiet', () => {
    const budget = new RetryBudget();
    budget.noteAttempt(0);
    expect([0, 0, 0, 0].map((nowMs) => budget.takeRetry(nowMs))).toEqual([true, true, true, false]);
    expect(budget.takeRetry(9999)).toBe(false);
    expect(budget.takeRetry(10_000)).toBe(true);
    expect([1, 2].map(() => budget.takeRetry(86_400_000))).toEqual([true, true]);
  });

  it('counts no requests of long ago', () => {
    const budget = new RetryBudget();
    for (let request = 0; request < 1000; request += 1) budget.noteAttempt(0);
    expect([1, 2, 3, 4].map(() => budget.takeRetry(10_000))).toEqual([true, true, true, false]);
  });

  it('never has a provider asked more than 1.1 times for each request and three times in ten seconds', () => {
    const requests = fc.array(
      fc.record({ afterMs: fc.integer({ min: 0, max: 700 }), wanted: fc.integer({ min: 0, max: 4 }) }),
      { minLength: 1, maxLength: 400 },
    );
    fc.assert(
      fc.property(requests, (all) => {
        const budget = new RetryBudget();
        let nowMs = 0;
        let attempts = 0;
        for (const { afterMs, wanted } of all) {
          nowMs += afterMs;
          budget.noteAttempt(nowMs);
          attempts += 1;
          for (let retry = 0; retry < wanted && budget.takeRetry(nowMs); retry += 1) {
            budget.noteAttempt(nowMs);
            attempts += 1;
          }
        }
        const quietSpans = Math.ceil((nowMs + 1) / 10_000) + 1;
        expect(attempts).toBeLessThanOrEqual(1.1 * all.length + 3 * quietSpans);
      }),
      { numRuns: 500 },
    );
  });
});
