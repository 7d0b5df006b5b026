import { createFakeClock } from '@aggregator/testing';
import { describe, expect, it } from '@jest/globals';
import fastCheck from 'fast-check';
import { createAttemptLimiter } from './attempt-limiter.ts';

describe('createAttemptLimiter', () => {
  it('admits over any span no more than the burst and what the rate gave meanwhile (I14)', () => {
    fastCheck.assert(
      fastCheck.property(
        fastCheck.integer({ min: 1, max: 100 }),
        fastCheck.array(fastCheck.integer({ min: 0, max: 20_000 }), { maxLength: 300 }),
        (perMinute, pauses) => {
          const clock = createFakeClock();
          const limiter = createAttemptLimiter({ perMinute, subjectsMax: 10, now: clock.now });
          const admittedAtMs: number[] = [];
          for (const pauseMs of pauses) {
            clock.advance(pauseMs);
            if (limiter.take('a') === 0) admittedAtMs.push(clock.now());
          }
          for (const [first, startMs] of admittedAtMs.entries()) {
            for (let last = first; last < admittedAtMs.length; last += 1) {
              const spanMs = (admittedAtMs[last] ?? 0) - startMs;
              expect(last - first + 1).toBeLessThanOrEqual(perMinute + (spanMs * perMinute) / 60_000 + 0.001);
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('says exactly when the next attempt is allowed', () => {
    const clock = createFakeClock();
    const limiter = createAttemptLimiter({ perMinute: 3, subjectsMax: 10, now: clock.now });
    for (let attempt = 0; attempt < 3; attempt += 1) expect(limiter.take('a')).toBe(0);

    const waitMs = limiter.take('a');

    expect(waitMs).toBe(20_000);
    clock.advance(waitMs - 1);
    expect(limiter.take('a')).toBeGreaterThan(0);
    clock.advance(1);
    expect(limiter.take('a')).toBe(0);
  });

  it('counts subjects apart, and forgets one that is cleared', () => {
    const limiter = createAttemptLimiter({ perMinute: 1, subjectsMax: 10, now: () => 0 });
    expect([limiter.take('a'), limiter.take('b')]).toEqual([0, 0]);
    expect(limiter.take('a')).toBe(60_000);
    limiter.forget('a');
    expect(limiter.take('a')).toBe(0);
  });

  it('knows a bounded number of subjects, and drops those first whose attempts are long past (I12)', () => {
    const clock = createFakeClock();
    const limiter = createAttemptLimiter({ perMinute: 1, subjectsMax: 2, now: clock.now });
    limiter.take('past');
    clock.advance(60_000);
    limiter.take('guesser');
    limiter.take('other');
    expect(limiter.take('guesser')).toBe(60_000);

    limiter.take('third');

    expect(limiter.take('other')).toBe(60_000);
    expect(limiter.take('guesser')).toBe(0);
  });
});
