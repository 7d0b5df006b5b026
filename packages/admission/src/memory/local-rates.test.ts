import { describe, expect, it } from '@jest/globals';
import { LocalRates } from './local-rates.ts';

const limit = { subject: 'failures:192.0.2.1', ratePerMinute: 3, cost: 1 };

describe('LocalRates', () => {
  it('allows the burst and no more, then one for each step of the rate', () => {
    const clock = { ms: 0 };
    const rates = new LocalRates({ now: () => clock.ms });

    expect([1, 2, 3, 4].map(() => rates.take(limit).isAllowed)).toEqual([true, true, true, false]);
    expect(rates.take(limit).retryAfterMs).toBe(20_000);
    clock.ms = 20_000;
    expect([1, 2].map(() => rates.take(limit).isAllowed)).toEqual([true, false]);
  });

  it('allows again what was given back', () => {
    const rates = new LocalRates({ now: () => 0 });
    for (let count = 0; count < 3; count += 1) rates.take(limit);

    rates.giveBack(limit);

    expect([1, 2].map(() => rates.take(limit).isAllowed)).toEqual([true, false]);
  });

  it('counts each subject for itself', () => {
    const rates = new LocalRates({ now: () => 0 });
    for (let count = 0; count < 3; count += 1) rates.take(limit);

    expect(rates.take({ ...limit, subject: 'failures:192.0.2.2' }).isAllowed).toBe(true);
  });
});
