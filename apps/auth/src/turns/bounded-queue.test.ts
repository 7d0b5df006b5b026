import { describe, expect, it } from '@jest/globals';
import { createBoundedQueue } from './bounded-queue.ts';

/** Jobs that end when the test says so. */
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
    const enqueue = createBoundedQueue({ concurrencyMax: 2, waitingMax: 3, waitingPerOwnerMax: 3 });

    const all = Promise.all([1, 2, 3, 4, 5].map((number) => enqueue('a', job(number))));
    expect(started).toEqual([1, 2]);
    await endNext();
    expect(started).toEqual([1, 2, 3]);
    for (let left = 4; left > 0; left -= 1) await endNext();

    expect(await all).toEqual([1, 2, 3, 4, 5]);
  });

  it('refuses at once when too many wait, and takes more when there is room again', async () => {
    const { job, started, endNext } = createJobs();
    const enqueue = createBoundedQueue({ concurrencyMax: 1, waitingMax: 1, waitingPerOwnerMax: 1 });
    const first = enqueue('a', job(1));
    const second = enqueue('a', job(2));

    await expect(enqueue('a', job(3))).rejects.toMatchObject({ code: 'service_unavailable' });
    await endNext();
    const fourth = enqueue('a', job(4));
    await endNext();
    await endNext();

    expect(await Promise.all([first, second, fourth])).toEqual([1, 2, 4]);
    expect(started).toEqual([1, 2, 4]);
  });

  it('continues after a job that fails', async () => {
    const enqueue = createBoundedQueue({ concurrencyMax: 1, waitingMax: 1, waitingPerOwnerMax: 1 });
    const failed = enqueue('a', () => Promise.reject(new Error('no memory')));
    const next = enqueue('a', async () => 'done');

    await expect(failed).rejects.toThrow('no memory');
    expect(await next).toBe('done');
  });

  it('delays a job of another owner by one job when one owner floods the queue', async () => {
    const { job, started, endNext } = createJobs();
    const enqueue = createBoundedQueue({ concurrencyMax: 1, waitingMax: 8, waitingPerOwnerMax: 4 });
    const flood = [1, 2, 3, 4, 5].map((number) => enqueue('flood', job(number)));
    await expect(enqueue('flood', job(6))).rejects.toMatchObject({ code: 'service_unavailable' });

    const other = enqueue('other', job(7));
    for (let left = 6; left > 0; left -= 1) await endNext();

    expect(await Promise.all([...flood, other])).toEqual([1, 2, 3, 4, 5, 7]);
    expect(started).toEqual([1, 2, 7, 3, 4, 5]);
  });

  it('gives an owner with no waiting job a place when others have filled the queue', async () => {
    const { job, started, endNext } = createJobs();
    const enqueue = createBoundedQueue({ concurrencyMax: 1, waitingMax: 4, waitingPerOwnerMax: 4 });
    const running = enqueue('a', job(0));
    const kept = [enqueue('a', job(1)), enqueue('a', job(2)), enqueue('b', job(3))];
    const displaced = enqueue('a', job(4));
    const newcomer = enqueue('c', job(5));

    await expect(displaced).rejects.toMatchObject({ code: 'service_unavailable' });
    await expect(enqueue('b', job(6))).rejects.toMatchObject({ code: 'service_unavailable' });
    for (let left = 5; left > 0; left -= 1) await endNext();
    await Promise.all([running, newcomer, ...kept]);
    expect(started).toEqual([0, 1, 3, 5, 2]);
  });

  it('runs no more of one owner at once than it may, and leaves the place to another', async () => {
    const { job, started, endNext } = createJobs();
    const enqueue = createBoundedQueue({
      concurrencyMax: 2,
      runningPerOwnerMax: 1,
      waitingMax: 9,
      waitingPerOwnerMax: 9,
    });

    const all = Promise.all([enqueue('a', job(1)), enqueue('a', job(2)), enqueue('a', job(3)), enqueue('b', job(4))]);
    expect(started).toEqual([1, 4]);
    await endNext();
    expect(started).toEqual([1, 4, 2]);
    for (let left = 3; left > 0; left -= 1) await endNext();

    expect(await all).toEqual([1, 2, 3, 4]);
  });
});
