import type { Principal } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { validPrincipal } from '../testing/start-gateway.ts';
import { OpenByOwner } from './open-by-owner.ts';

const unlimited = validPrincipal.limits;
const callerOf = (keyId: string, ofKey: number | null, ofAll: number | null): Principal => ({
  ...validPrincipal,
  keyId,
  limits: { ...unlimited, concurrentRequests: ofKey },
  organizationLimits: { ...unlimited, concurrentRequests: ofAll },
});

describe('requests of one owner at once (I12)', () => {
  it('are refused beyond the limit of the key, and of the organisation over all its keys', () => {
    const open = new OpenByOwner();
    const [one, other] = [callerOf('one', 2, 3), callerOf('other', 2, 3)];
    open.enter(one);
    open.enter(one);
    expect(open.enter(one)?.error).toMatchObject({ code: 'rate_limit_exceeded', retryAfterMs: 1000 });
    open.enter(other);
    expect(open.judge(other)?.error.publicMessage).toMatch(/^More than 3 requests at once for the whole organisation/);
    open.leave(one);
    expect(open.judge(other)).toBeNull();
  });

  it('are refused at once, but a storm of them one by one, and none later than 5 s', () => {
    let nowMs = 1_000_000;
    const open = new OpenByOwner(() => nowMs);
    const caller = callerOf('one', 1, null);
    open.enter(caller);
    const waits = Array.from({ length: 2000 }, () => open.judge(caller)?.waitMs ?? Number.NaN);
    expect(waits.slice(0, 50).every((ms) => ms <= 0)).toBe(true);
    expect(waits.slice(50, 53)).toEqual([5, 10, 15]);
    expect(Math.max(...waits)).toBe(5000);
    nowMs += 60_000;
    expect(open.judge(caller)?.waitMs).toBeLessThanOrEqual(0);
  });

  it('are not counted without a limit, and leave nothing behind', () => {
    const open = new OpenByOwner();
    const [free, bound] = [callerOf('free', null, null), callerOf('bound', 1, 5)];
    for (let count = 0; count < 10; count += 1) open.enter(free);
    expect(open.size).toBe(0);
    open.enter(bound);
    expect(open.size).toBe(2);
    open.leave(bound);
    expect(open.size).toBe(0);
  });
});
