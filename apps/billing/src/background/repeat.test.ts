import { waitFor } from '@aggregator/testing';
import { describe, expect, it } from '@jest/globals';
import { repeat } from './repeat.ts';

describe('repeat', () => {
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
