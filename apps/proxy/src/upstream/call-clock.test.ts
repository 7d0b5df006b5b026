import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CallClock, type CallLimits } from './call-clock.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

function start(limits: Partial<CallLimits> = {}) {
  const state = { expiries: 0 };
  const defaults = { deadlineMs: performance.now() + 10_000, firstLifeMs: 3000, idleMs: 1000 };
  const clock = new CallClock({ ...defaults, ...limits }, () => {
    state.expiries += 1;
  });
  const passes = (ms: number) => {
    jest.advanceTimersByTime(ms);
    return state.expiries;
  };
  return { clock, passes };
}

describe('the clock of a call', () => {
  it('waits for the first life as long as that may take, also where silence later may not', () => {
    const { passes } = start();
    expect(passes(2999)).toBe(0);
    expect(passes(2)).toBe(1);
  });

  it('begins again with each sign of life, and then allows the silence between two of them', () => {
    const { clock, passes } = start();
    for (let life = 0; life < 5; life += 1) {
      expect(passes(900)).toBe(0);
      clock.noteLife();
    }
    expect(passes(999)).toBe(0);
    expect(passes(2)).toBe(1);
  });

  it('finds silence after the first life in time, however long that was waited for', () => {
    const { clock, passes } = start({ firstLifeMs: Number.POSITIVE_INFINITY });
    expect(passes(3500)).toBe(0);
    clock.noteLife();
    expect(passes(999)).toBe(0);
    expect(passes(2)).toBe(1);
  });

  it('ends at the deadline, also while bytes come', () => {
    const { clock, passes } = start({ firstLifeMs: Number.POSITIVE_INFINITY });
    for (let life = 0; life < 19; life += 1) {
      expect(passes(500)).toBe(0);
      clock.noteLife();
    }
    expect(passes(501)).toBe(1);
  });

  it('counts no silence while it is held, but the deadline', () => {
    const { clock, passes } = start();
    clock.noteLife();
    clock.hold();
    expect(passes(9000)).toBe(0);
    expect(passes(1001)).toBe(1);
  });

  it('takes a shorter silence from the moment that it is set', () => {
    const { clock, passes } = start();
    clock.noteLife();
    clock.expectWithin(100);
    expect(passes(101)).toBe(1);
  });

  it('is silent once it is stopped', () => {
    const { clock, passes } = start();
    clock.stop();
    expect(passes(20_000)).toBe(0);
  });
});
