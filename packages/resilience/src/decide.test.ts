import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decide } from './decide.ts';
import type { AttemptHistory, Decision, Failure, RetryPolicy } from './port.ts';

const policy: RetryPolicy = { retriesMax: 3, delayMs: 1000, multiplier: 2 };

const failed: Failure = {
  code: 'upstream_error',
  kind: 'answered',
  isRetryable: true,
  mayFailOver: true,
  retryAfterMs: null,
};
const failures = {
  policy: { ...failed, code: 'content_policy_violation', isRetryable: false, mayFailOver: false },
  context: { ...failed, code: 'context_length_exceeded', isRetryable: false },
  rejected: { ...failed, code: 'upstream_rejected', isRetryable: false, mayFailOver: false },
  ourSetUp: { ...failed, code: 'upstream_misconfigured', isRetryable: false },
  limited: { ...failed, code: 'rate_limit_exceeded' },
  failed,
  unreachable: { ...failed, code: 'upstream_unreachable', kind: 'unreachable' },
  silent: { ...failed, code: 'upstream_timeout', kind: 'silent' },
  torn: { ...failed, code: 'upstream_stream_cut', kind: 'torn' },
  garbled: { ...failed, code: 'upstream_invalid_response', kind: 'garbled' },
} satisfies Record<string, Failure>;

const first: AttemptHistory = {
  triesHere: 1,
  waitsHere: 0,
  hasNext: true,
  leftMs: 60_000,
  pausedMs: 0,
  hasDelivered: false,
  isOpenNow: false,
};

const next = (failure: Failure, history: Partial<AttemptHistory> = {}, random = () => 0.5): Decision =>
  decide(failure, { ...first, ...history }, policy, random);

const again = (pauseMs: number): Decision => ({ next: 'again', pauseMs });
const other: Decision = { next: 'other' };
const fail: Decision = { next: 'fail' };

describe('a rejection whose body hangs', () => {
  const hung = { ...failed, isHung: true };

  it('is not retried while another target is left', () => {
    expect(next(hung)).toEqual({ next: 'other' });
    expect(next({ ...failures.limited, isHung: true })).toEqual({ next: 'other' });
  });

  it('is retried after the wait that it asks for, and if no other target is left', () => {
    expect(next({ ...failures.limited, isHung: true, retryAfterMs: 1000 }).next).toBe('again');
    expect(next(hung, { hasNext: false }).next).toBe('again');
  });
});

describe('a failed attempt before anything was delivered', () => {
  it('is returned at once when the request was rejected: no other target is asked', () => {
    for (const failure of [failures.policy, failures.rejected]) {
      expect(next(failure)).toEqual(fail);
      expect(next(failure, { hasNext: false })).toEqual(fail);
    }
  });

  it('goes to the next when the route allows failover after policy refusals', () => {
    expect(next({ ...failures.policy, mayFailOver: true })).toEqual(other);
  });

  it('never asks the same again what was too long for it, or what it has no right set-up for', () => {
    for (const failure of [failures.context, failures.ourSetUp]) {
      expect(next(failure)).toEqual(other);
      expect(next(failure, { hasNext: false })).toEqual(fail);
    }
  });

  it('waits once for a short Retry-After, exactly and up to a tenth more, then goes to the next', () => {
    const limited = { ...failures.limited, retryAfterMs: 2000 };
    expect(next(limited, {}, () => 0)).toEqual(again(2000));
    expect(next(limited, {}, () => 0.999)).toEqual(again(2199.8));
    expect(next({ ...limited, retryAfterMs: 5000 }, {}, () => 0)).toEqual(again(5000));
    expect(next(limited, { triesHere: 2, waitsHere: 1, pausedMs: 2100 })).toEqual(other);
    expect(next(limited, { triesHere: 2, waitsHere: 1, hasNext: false })).toEqual(fail);
  });

  it('does not wait for a longer Retry-After', () => {
    const limited = { ...failures.limited, retryAfterMs: 5001 };
    expect(next(limited)).toEqual(other);
    expect(next(limited, { hasNext: false })).toEqual(fail);
    expect(next({ ...failed, retryAfterMs: 30_000 })).toEqual(other);
  });

  it('is tried twice more with back-off after a 429 without Retry-After, or a 5xx, then goes to the next', () => {
    for (const failure of [failures.limited, failures.failed]) {
      expect(next(failure, {}, () => 0)).toEqual(again(300));
      expect(next(failure, {}, () => 0.999_999)).toMatchObject({ pauseMs: expect.closeTo(500, 2) });
      expect(next(failure, { triesHere: 2, pausedMs: 400 })).toEqual(again(800));
      expect(next(failure, { triesHere: 3, pausedMs: 1200 })).toEqual(other);
    }
  });

  it('always has its first retry, and a second one only within 2 s of pauses, while another target is left', () => {
    expect(next(failed, { pausedMs: 1900 })).toEqual(again(100));
    expect(next(failed, { pausedMs: 2300 })).toEqual(again(0));
    expect(next(failed, { triesHere: 2, pausedMs: 1300 })).toEqual(other);
  });

  it('follows the operator’s numbers when no other target is left', () => {
    const alone = (triesHere: number) => next(failed, { triesHere, hasNext: false, pausedMs: 7000 }, () => 0);
    expect([1, 2, 3, 4].map(alone)).toEqual([again(1000), again(2000), again(4000), fail]);
    expect(decide(failed, { ...first, hasNext: false }, { ...policy, retriesMax: 0 }, () => 0)).toEqual(fail);
  });

  it('is asked once more at once when it could not be reached, also if others are left', () => {
    for (const hasNext of [true, false]) {
      expect(next(failures.unreachable, { hasNext })).toEqual(again(0));
      expect(next(failures.unreachable, { hasNext, triesHere: 2 })).toEqual(hasNext ? other : fail);
    }
  });

  it('is never asked again after silence (I10)', () => {
    expect(next(failures.silent)).toEqual(other);
    expect(next(failures.silent, { hasNext: false })).toEqual(fail);
  });

  it('is asked once more after a tear, or after what could not be understood (I10)', () => {
    for (const failure of [failures.torn, failures.garbled]) {
      expect(next(failure, {}, () => 0)).toEqual(again(300));
      expect(next(failure, { triesHere: 2 })).toEqual(other);
      expect(next(failure, { triesHere: 2, hasNext: false })).toEqual(fail);
    }
  });

  it('is not asked again when its breaker has opened, unless no other target is left', () => {
    expect(next(failed, { isOpenNow: true })).toEqual(other);
    expect(next(failed, { isOpenNow: true, hasNext: false }, () => 0)).toEqual(again(1000));
  });
});

describe('a failed attempt after something was delivered', () => {
  it('is resumed at another target, or returned', () => {
    for (const failure of [failures.torn, failures.silent, failures.garbled, failures.failed]) {
      expect(next(failure, { hasDelivered: true })).toEqual({ next: 'resume' });
      expect(next(failure, { hasDelivered: true, hasNext: false })).toEqual(fail);
    }
    expect(next(failures.policy, { hasDelivered: true })).toEqual(fail);
  });
});

describe('every decision', () => {
  const anyFailure: fc.Arbitrary<Failure> = fc
    .tuple(fc.constantFrom<Failure[]>(...Object.values(failures)), fc.option(fc.integer({ min: 0, max: 100_000 })))
    .map(([failure, retryAfterMs]) => ({ ...failure, retryAfterMs }));
  const anyHistory: fc.Arbitrary<AttemptHistory> = fc.record({
    triesHere: fc.integer({ min: 1, max: 8 }),
    waitsHere: fc.integer({ min: 0, max: 2 }),
    hasNext: fc.boolean(),
    leftMs: fc.integer({ min: -100, max: 20_000 }),
    pausedMs: fc.integer({ min: 0, max: 8000 }),
    hasDelivered: fc.boolean(),
    isOpenNow: fc.boolean(),
  });
  const anyDraw = fc.double({ min: 0, max: 0.999, noNaN: true });

  it('keeps to the deadline, to the targets that are left, and to what was delivered', () => {
    fc.assert(
      fc.property(anyFailure, anyHistory, anyDraw, (failure, history, drawn) => {
        const decision = decide(failure, history, policy, () => drawn);
        if (decision.next === 'again') {
          expect(decision.pauseMs).toBeLessThan(history.leftMs);
          expect(history.hasDelivered).toBe(false);
          expect(failure.isRetryable).toBe(true);
        }
        if (decision.next === 'other' || decision.next === 'resume') {
          expect(history.hasNext && failure.mayFailOver && history.leftMs > 0).toBe(true);
        }
        expect(decision.next === 'resume').toBe(history.hasDelivered && decision.next !== 'fail');
      }),
      { numRuns: 2000 },
    );
  });

  it('pauses at most 2 s in all while another target is left, but for a Retry-After', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(failures)),
        fc.array(anyDraw, { minLength: 8, maxLength: 8 }),
        (failure, draws) => {
          let pausedMs = 0;
          for (let triesHere = 1; triesHere <= 8; triesHere += 1) {
            const decision = next(failure, { triesHere, pausedMs }, () => draws[triesHere - 1] ?? 0);
            if (decision.next !== 'again') break;
            pausedMs += decision.pauseMs;
          }
          expect(pausedMs).toBeLessThanOrEqual(2000);
        },
      ),
    );
  });
});
