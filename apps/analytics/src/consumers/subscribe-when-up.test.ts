import { describe, expect, it, jest } from '@jest/globals';
import { subscribeWhenUp } from './subscribe-when-up.ts';

describe('the subscription of analytics', () => {
  it('is tried again while the event log is down, and closed with its consumer', async () => {
    jest.useFakeTimers();
    const opened = Promise.withResolvers<void>();
    const close = jest.fn(async () => undefined);
    const failures: unknown[] = [];
    let attempts = 0;
    const consumer = subscribeWhenUp(
      async () => {
        attempts += 1;
        if (attempts < 3) throw new Error('the event log is down');
        opened.resolve();
        return { close };
      },
      (error) => failures.push(error),
    );
    await jest.advanceTimersByTimeAsync(10_000);
    await opened.promise;
    jest.useRealTimers();
    expect([attempts, failures.length]).toEqual([3, 2]);
    await consumer.close();
    expect(close).toHaveBeenCalledTimes(1);
  });

  it('ends its attempts when it is closed', async () => {
    jest.useFakeTimers();
    let attempts = 0;
    const consumer = subscribeWhenUp(
      async () => {
        attempts += 1;
        throw new Error('the event log is down');
      },
      () => undefined,
    );
    await jest.advanceTimersByTimeAsync(1500);
    expect(attempts).toBe(2);
    let isClosed = false;
    void consumer.close().then(() => {
      isClosed = true;
    });
    await jest.advanceTimersByTimeAsync(0);
    const timers = jest.getTimerCount();
    await jest.advanceTimersByTimeAsync(120_000);
    jest.useRealTimers();
    expect({ isClosed, timers, attempts }).toEqual({ isClosed: true, timers: 0, attempts: 2 });
  });
});
