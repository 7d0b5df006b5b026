import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Drains } from './drains.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const owner = (id: string, concurrentRequests: number | null = null) => ({ id, concurrentRequests });

describe('calls that go on after their client left', () => {
  it('are four for one owner and 32 in all', () => {
    const drains = new Drains(1000);
    const leave = Array.from({ length: 5 }, () => drains.enter(owner('a'), () => undefined));
    expect(leave.map((one) => one !== null)).toEqual([true, true, true, true, false]);
    for (let at = 0; at < 28; at += 1) expect(drains.enter(owner(`b${at}`), () => undefined)).not.toBeNull();
    expect(drains.enter(owner('c'), () => undefined)).toBeNull();

    leave[0]?.();
    leave[0]?.();
    expect(drains.count).toBe(31);
    expect(drains.enter(owner('a'), () => undefined)).not.toBeNull();
  });

  it('leave half of what an owner may have open at once', () => {
    const drains = new Drains(1000);
    expect(drains.enter(owner('one', 1), () => undefined)).toBeNull();
    expect(drains.enter(owner('three', 3), () => undefined)).not.toBeNull();
    expect(drains.enter(owner('three', 3), () => undefined)).toBeNull();
  });

  it('are over after their time, and never begin if that is 0', () => {
    let over = 0;
    const count = () => {
      over += 1;
    };
    const drains = new Drains(1000);
    const leave = drains.enter(owner('a'), count);
    jest.advanceTimersByTime(999);
    expect(over).toBe(0);
    jest.advanceTimersByTime(1);
    expect(over).toBe(1);
    leave?.();
    expect(drains.enter(owner('a'), count)).not.toBeNull();
    expect(new Drains(0).enter(owner('a'), count)).toBeNull();
  });
});
