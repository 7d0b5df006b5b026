import { describe, expect, it } from '@jest/globals';
import { createBoundedQueue } from './bounded-queue.ts';

/** Jobs that end when told to. */
function createJobs() {
  const ends: (() => void)[] = [];
  const started: number[] = [];
  const job = (number: number) => () =>
    new Promise<number>((resolve) => {
      started.push(number);
      ends.push(() => resolve(number));
    });
  const endNext = async () => {
    ends.shift()?.();
    // The place passes on in microtasks, which are all done before the next macrotask.
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { job, started, endNext };
}

describe('createBoundedQueue', () => {
  it('runs no more at once than it may, and the rest in the order in which they came', async () => {
    const { job, started, endNext } = createJobs();
    const enqueue = createBoundedQueue({ concurrencyMax: 2, waitingMax: 3 });

    const all = Promise.all([1, 2, 3, 4, 5].map((number) => enqueue(job(number))));
    expect(started).toEqual([1, 2]);
    await endNext();
    expect(started).toEqual([1, 2, 3]);
    for (let left = 4; left > 0; left -= 1) await endNext();

    expect(await all).toEqual([1, 2, 3, 4, 5]);
  });

  it('refuses at once when too many wait, and takes more when there is room again', async () => {
    const { job, started, endNext } = createJobs();
    const enqueue = createBoundedQueue({ concurrencyMax: 1, waitingMax: 1 });
    const first = enqueue(job(1));
    const second = enqueue(job(2));

    await expect(enqueue(job(3))).rejects.toMatchObject({ code: 'service_unavailable' });
    await endNext();
    const fourth = enqueue(job(4));
    await endNext();
    await endNext();

    expect(await Promise.all([first, second, fourth])).toEqual([1, 2, 4]);
    expect(started).toEqual([1, 2, 4]);
  });

  it('goes on after a job that fails', async () => {
    const enqueue = createBoundedQueue({ concurrencyMax: 1, waitingMax: 1 });
    const failed = enqueue(() => Promise.reject(new Error('no memory')));
    const next = enqueue(async () => 'done');

    await expect(failed).rejects.toThrow('no memory');
    expect(await next).toBe('done');
  });
});
