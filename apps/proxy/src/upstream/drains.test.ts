import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Drains } from './drains.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('calls that continue after their client left', () => {
  it('are counted until they end, each once', () => {
    const drains = new Drains(1000);
    const leave = Array.from({ length: 100 }, () => drains.enter(() => undefined));
    expect(drains.count).toBe(100);
    leave[0]?.();
    leave[0]?.();
    expect(drains.count).toBe(99);
  });

  it('are over after their time, and never begin if that is 0', () => {
    let over = 0;
    const count = () => {
      over += 1;
    };
    const drains = new Drains(1000);
    const leave = drains.enter(count);
    jest.advanceTimersByTime(999);
    expect(over).toBe(0);
    jest.advanceTimersByTime(1);
    expect(over).toBe(1);
    leave?.();
    expect(drains.enter(count)).not.toBeNull();
    expect(new Drains(0).enter(count)).toBeNull();
  });
});
