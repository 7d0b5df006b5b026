import { waitFor } from '@aggregator/testing';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { repeat } from './repeat.ts';

describe('repeat', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('waits for its interval after a success, also if that is longer than the longest back-off', async () => {
    jest.useFakeTimers();
    let runs = 0;
    const task = repeat({
      ...{ intervalMs: 60_000, backOffMsMax: 30_000 },
      run: async () => {
        runs += 1;
      },
      onError: () => undefined,
    });
    await jest.advanceTimersByTimeAsync(59_999);
    expect(runs).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(runs).toBe(2);
    await task.close();
  });

  it('continues after failures, and reports each', async () => {
    const errors: unknown[] = [];
    let runs = 0;
    const task = repeat({
      ...{ intervalMs: 1, backOffMsMax: 4 },
      async run() {
        runs += 1;
        if (runs < 3) throw new Error(`run ${runs}`);
      },
      onError: (error) => errors.push(error),
    });
    await waitFor(() => runs >= 4, { describe: 'the fourth run' });
    await task.close();
    expect(errors.map(String)).toEqual(['Error: run 1', 'Error: run 2']);
  });

  it('waits at close for the run in progress, and starts none after it', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let runs = 0;
    const task = repeat({
      ...{ intervalMs: 0, backOffMsMax: 0 },
      run: () => {
        runs += 1;
        return promise;
      },
      onError: () => undefined,
    });
    let isClosed = false;
    const closing = task.close().then(() => {
      isClosed = true;
    });
    await Promise.resolve();
    expect(isClosed).toBe(false);
    resolve();
    await closing;
    expect(runs).toBe(1);
  });
});
