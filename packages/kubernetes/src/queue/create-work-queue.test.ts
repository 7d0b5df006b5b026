import { describe, expect, it } from '@jest/globals';
import { createManualClock } from '../testing/manual-clock.ts';
import { createWorkQueue, type RunOutcome, type WorkQueueOptions } from './create-work-queue.ts';

/** A queue whose runs end when the test says so. */
function start(options: Partial<WorkQueueOptions> = {}) {
  const clock = createManualClock();
  const open: { key: string; signal: AbortSignal; end(requeueAfterMs?: number): void; fail(): void }[] = [];
  const started: { key: string; atMs: number }[] = [];
  const errors: string[] = [];
  const dropped: string[] = [];
  const beganMs = clock.nowMs();
  const queue = createWorkQueue({
    workers: 2,
    keysMax: 100,
    clock,
    random: () => 0,
    run: (key, signal) => {
      started.push({ key, atMs: clock.nowMs() - beganMs });
      return new Promise<RunOutcome | undefined>((resolve, reject) => {
        const end = (requeueAfterMs?: number) => resolve(requeueAfterMs === undefined ? undefined : { requeueAfterMs });
        open.push({ key, signal, end, fail: () => reject(new Error('no')) });
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    },
    onError: (key) => errors.push(key),
    onDropped: (key) => dropped.push(key),
    ...options,
  });
  const keys = () => started.map(({ key }) => key);
  /** The oldest run that is open. */
  const next = async () => {
    await clock.advance(0);
    const run = open.shift();
    if (run === undefined) throw new Error('nothing runs');
    return run;
  };
  return { queue, clock, started, keys, errors, dropped, next, open };
}

describe('createWorkQueue', () => {
  it('runs a key once, however often it was added before', async () => {
    const { queue, keys, next, clock } = start();
    queue.add('a');
    queue.add('a');
    queue.add('a');
    (await next()).end();
    await clock.advance(600_000);
    expect(keys()).toEqual(['a']);
  });

  it('runs a key once more, afterwards, when it was added while it ran', async () => {
    const { queue, keys, next, clock } = start();
    queue.add('a');
    const first = await next();
    queue.add('a');
    queue.add('a');
    await clock.advance(60_000);
    expect(keys()).toEqual(['a']);
    first.end();
    (await next()).end();
    await clock.advance(60_000);
    expect(keys()).toEqual(['a', 'a']);
  });

  it('runs as many keys at once as it has workers, in the order they came', async () => {
    const { queue, keys, next, clock } = start();
    for (const key of ['a', 'b', 'c', 'd']) queue.add(key);
    await clock.advance(0);
    expect([keys(), queue.depth]).toEqual([['a', 'b'], 2]);
    await clock.advance(1000);
    expect(queue.longestRunMs).toBe(1000);
    (await next()).end();
    await clock.advance(0);
    expect([keys(), queue.depth]).toEqual([['a', 'b', 'c'], 1]);
  });

  it('tries what failed again after 1, 2, 4 … seconds, never more than five minutes', async () => {
    const { queue, next, clock, open } = start();
    const waits: number[] = [];
    queue.add('a');
    for (let failure = 0; failure < 11; failure += 1) {
      (await next()).fail();
      let seconds = 0;
      for (; open.length === 0 && seconds < 400; seconds += 1) await clock.advance(1000);
      waits.push(seconds);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  });

  it('spreads retries by a fifth', async () => {
    const { queue, next, clock, keys } = start({ random: () => 1 });
    queue.add('a');
    (await next()).fail();
    await clock.advance(1199);
    expect(keys()).toHaveLength(1);
    await clock.advance(1);
    expect(keys()).toHaveLength(2);
  });

  it('begins with short retries again after a success', async () => {
    const { queue, next, clock } = start();
    queue.add('a');
    (await next()).fail();
    await clock.advance(1000);
    (await next()).fail();
    await clock.advance(2000);
    (await next()).end();
    queue.add('a');
    (await next()).fail();
    await clock.advance(1000);
    (await next()).end();
  });

  it('lets a change cut a back-off short, but not below one second', async () => {
    const { queue, next, clock, started } = start();
    queue.add('a');
    for (const waitMs of [1000, 2000, 4000]) {
      (await next()).fail();
      await clock.advance(waitMs);
    }
    (await next()).fail();
    queue.add('a');
    await clock.advance(0);
    queue.add('a');
    await clock.advance(999);
    expect(started.map(({ atMs }) => atMs)).toEqual([0, 1000, 3000, 7000]);
    await clock.advance(1);
    expect(started.at(-1)?.atMs).toBe(8000);
  });

  it('runs again when a run asked for it, and the earliest of several delays counts', async () => {
    const { queue, next, clock, started } = start();
    queue.addAfter('a', 5000);
    queue.addAfter('a', 3000);
    queue.addAfter('a', 9000);
    await clock.advance(3000);
    (await next()).end(60_000);
    await clock.advance(60_000);
    (await next()).end();
    await clock.advance(600_000);
    expect(started.map(({ atMs }) => atMs)).toEqual([3000, 63_000]);
  });

  it('takes no more keys than it may hold, reports which it did not take, and forgets those that are done', async () => {
    const { queue, next, dropped, clock } = start({ keysMax: 2, workers: 1 });
    for (const key of ['a', 'b', 'c']) queue.add(key);
    expect(dropped).toEqual(['c']);
    (await next()).end();
    await clock.advance(0);
    queue.add('c');
    expect(dropped).toEqual(['c']);
  });

  it('starts no more runs a second than it may', async () => {
    const { queue, clock, started } = start({ workers: 100, runsPerSecond: 10, runsBurst: 5 });
    for (let key = 0; key < 20; key += 1) queue.add(String(key));
    await clock.advance(0);
    expect(started).toHaveLength(5);
    await clock.advance(1000);
    expect(started).toHaveLength(15);
  });

  it('aborts a run that takes too long, and tries again', async () => {
    const { queue, clock, errors, keys } = start({ runMsMax: 5000 });
    queue.add('a');
    await clock.advance(5000);
    expect(errors).toEqual(['a']);
    await clock.advance(1000);
    expect(keys()).toEqual(['a', 'a']);
  });

  it('aborts its runs when it closes, waits for their ends, and runs nothing any more', async () => {
    const { queue, clock, keys, next, errors } = start({ workers: 1 });
    queue.add('a');
    queue.add('b');
    queue.addAfter('c', 10);
    const { signal } = await next();
    await queue.close();
    expect(signal.aborted).toBe(true);
    queue.add('d');
    await clock.advance(600_000);
    expect([keys(), errors, queue.depth, clock.timers]).toEqual([['a'], [], 0, 0]);
  });

  it('counts what it does', async () => {
    const seen: string[] = [];
    const { queue, next, clock } = start({
      onAdd: () => seen.push('add'),
      onRetry: () => seen.push('retry'),
      onRun: (result, durationMs) => seen.push(`${result} ${durationMs}`),
    });
    queue.add('a');
    const first = await next();
    await clock.advance(20);
    first.fail();
    await clock.advance(1000);
    (await next()).end();
    await clock.advance(0);
    expect(seen).toEqual(['add', 'error 20', 'retry', 'success 0']);
  });
});
