import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Job, type JobResult, type NewJob, QueueFullError, type SqlConnection, type WorkQueue } from './port.ts';
import { workOff } from './work.ts';

export interface QueueSettings {
  leaseMs: number;
  attemptsMax: number;
  backOff: { firstMs: number; longestMs: number };
  waitingPerTenantMax: number;
  waitingMax: number;
}

/** A queue of a test's own. */
export interface OpenQueue {
  queue: WorkQueue;
  /** One more on the same store, as another process would make it. */
  openAnother(): WorkQueue;
  /** Runs in a transaction, which is rolled back where `work` rejects. */
  inTransaction(work: (connection: SqlConnection) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

const settings: QueueSettings = {
  ...{ leaseMs: 10_000, attemptsMax: 4, waitingPerTenantMax: 5, waitingMax: 8 },
  backOff: { firstMs: 1_000, longestMs: 3_000 },
};
const encode = (text: string) => Uint8Array.from(Buffer.from(text));
const textOf = (job: Pick<Job, 'body'>) => Buffer.from(job.body).toString();
const done: JobResult = { result: 'done' };

/** The promises of every work queue; each adapter passes them against its real store. */
export function describeWorkQueue(name: string, open: (settings: QueueSettings) => Promise<OpenQueue>): void {
  describe(`the ${name} work queue`, () => {
    let world: OpenQueue;
    let queue: WorkQueue;
    let nowMs: number;
    const now = () => new Date(nowMs);
    beforeEach(async () => {
      nowMs = Date.parse('2026-11-30T10:00:00Z');
      world = await open(settings);
      queue = world.queue;
    });
    afterEach(() => world.close());

    const job = (key: string, tenant = 'org-1'): NewJob => ({ key, tenant, body: encode(`body of ${key}`) });
    async function enqueue(...jobs: NewJob[]): Promise<void> {
      for (const one of jobs) await world.inTransaction(async (it) => void (await queue.enqueue(it, now(), one)));
    }
    function work(handle: (one: Job) => Promise<JobResult>, over: { perTenantMax?: number; queue?: WorkQueue } = {}) {
      const options = { queue, concurrencyMax: 4, perTenantMax: 4, ...over };
      return workOff({ ...options, now, handle, onError: (error) => expect(error).toBeUndefined() });
    }

    it('does each job once, with its body', async () => {
      await enqueue(job('a'), job('b'));
      const bodies: string[] = [];
      const handle = async (one: Job) => {
        bodies.push(textOf(one));
        return done;
      };
      await work(handle);
      await work(handle);
      expect(bodies.toSorted()).toEqual(['body of a', 'body of b']);
      expect(await queue.readDepth()).toEqual({ waiting: 0, dead: 0 });
    });

    it('has no job whose transaction did not commit', async () => {
      const write = world.inTransaction(async (connection) => {
        await queue.enqueue(connection, now(), job('a'));
        throw new Error('the change failed');
      });
      await expect(write).rejects.toThrow('the change failed');
      expect(await queue.readDepth()).toEqual({ waiting: 0, dead: 0 });
    });

    it('takes two jobs of one key as one, also when the first is done', async () => {
      const answers: boolean[] = [];
      const twice = () =>
        world.inTransaction(async (it) => void answers.push(await queue.enqueue(it, now(), job('a'))));
      await twice();
      await twice();
      await work(async () => done);
      await twice();
      expect(answers).toEqual([true, false, false]);
      expect(await queue.readDepth()).toEqual({ waiting: 0, dead: 0 });
    });

    it('attempts a failed job later and later, and gives it up after the last attempt', async () => {
      await enqueue(job('a'));
      const attempts: [number, number, boolean][] = [];
      const startedMs = nowMs;
      for (; nowMs < startedMs + 20_000; nowMs += 500) {
        await work(async ({ attempt, isLast }) => {
          attempts.push([nowMs - startedMs, attempt, isLast]);
          return { result: 'failed', reason: 'busy' };
        });
      }
      expect(attempts).toEqual([
        [0, 1, false],
        [1_000, 2, false],
        [3_000, 3, false],
        [6_000, 4, true],
      ]);
      expect(await queue.listDead({ limit: 10 })).toMatchObject([{ key: 'a', attempts: 4, reason: 'busy' }]);
    });

    it('gives up at once what can never succeed, and takes a thrown error as a failure without its message', async () => {
      await enqueue(job('rejected'), job('thrown'));
      const reasons = async () => (await queue.listDead({ limit: 10 })).map(({ key, reason }) => [key, reason]);
      await work(async ({ key }) => {
        if (key === 'thrown') throw new TypeError('secret');
        return { result: 'rejected', reason: 'no such address' };
      });
      expect(await reasons()).toEqual([['rejected', 'no such address']]);
      expect(await queue.readDepth()).toEqual({ waiting: 1, dead: 1 });
    });

    it('lists jobs that were given up by pages, and replays or drops them', async () => {
      for (const key of ['a', 'b', 'c']) {
        await enqueue(job(key));
        nowMs += 1;
        await settleNext({ result: 'rejected', reason: 'no' });
      }
      const [first, second] = await queue.listDead({ limit: 2 });
      const rest = await queue.listDead({ limit: 2, after: second?.id ?? '' });
      expect([first?.key, second?.key, rest.map(({ key }) => key)]).toEqual(['a', 'b', ['c']]);
      expect(await queue.replayDead(now(), first?.id ?? '')).toBe(true);
      expect(await queue.replayDead(now(), first?.id ?? '')).toBe(false);
      expect(await queue.dropDead(second?.id ?? '')).toBe(true);
      expect(await queue.dropDead(second?.id ?? '')).toBe(false);
      const replayed: [string, number][] = [];
      await work(async (one) => {
        replayed.push([textOf(one), one.attempt]);
        return done;
      });
      expect(replayed).toEqual([['body of a', 1]]);
      expect(await queue.readDepth()).toEqual({ waiting: 0, dead: 1 });
    });

    it('gives a job to one of many workers', async () => {
      await enqueue(...['a', 'b', 'c', 'd', 'e'].map((key) => job(key)));
      const keys: string[] = [];
      const handle = async ({ key }: Job) => {
        keys.push(key);
        return done;
      };
      await Promise.all([1, 2, 3].map(() => work(handle, { queue: world.openAnother() })));
      expect(keys.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
    });

    it('gives the job of a worker that died to another when its lease is over, and ignores what the first says then', async () => {
      await enqueue(job('a'));
      const lost = await queue.claim(now());
      nowMs += 9_999;
      expect(await queue.claim(now())).toBeNull();
      nowMs += 1;
      const heir = await queue.claim(now());
      expect([lost?.attempt, heir?.attempt]).toEqual([1, 2]);
      if (lost === null || heir === null) throw new Error('both had it');
      await queue.settle(now(), lost, { result: 'rejected', reason: 'late' });
      expect(await queue.readDepth()).toEqual({ waiting: 1, dead: 0 });
      await queue.settle(now(), heir, done);
      expect(await queue.readDepth()).toEqual({ waiting: 0, dead: 0 });
    });

    it('lets no tenant take more than its share of the workers', async () => {
      await enqueue(...['a', 'b', 'c'].map((key) => job(key, 'slow')), job('d', 'quick'));
      const slow = Promise.withResolvers<JobResult>();
      const shareTaken = Promise.withResolvers<void>();
      let running = 0;
      let runningMost = 0;
      await work(
        async ({ tenant }) => {
          if (tenant === 'quick') {
            // A broker may hand out this job before the others.
            await shareTaken.promise;
            slow.resolve(done);
            return done;
          }
          running += 1;
          if (running === 2) shareTaken.resolve();
          runningMost = Math.max(runningMost, running);
          await slow.promise;
          running -= 1;
          return done;
        },
        { perTenantMax: 2 },
      );
      expect(runningMost).toBe(2);
      expect(await queue.readDepth()).toEqual({ waiting: 0, dead: 0 });
    });

    it('bounds what waits, of a tenant and of all', async () => {
      await enqueue(...['a', 'b', 'c', 'd', 'e'].map((key) => job(key, 'org-1')));
      await expect(enqueue(job('f', 'org-1'))).rejects.toEqual(new QueueFullError('tenant'));
      await enqueue(...['g', 'h', 'i'].map((key) => job(key, 'org-2')));
      await expect(enqueue(job('j', 'org-3'))).rejects.toEqual(new QueueFullError('all'));
    });

    it('keeps jobs that are done or given up until they are swept, and others for good', async () => {
      await enqueue(job('done'), job('dead'), job('waiting'));
      const doneMs = nowMs;
      await settleNext(done);
      nowMs += 1_000;
      await settleNext({ result: 'rejected', reason: 'no' });
      const before = (doneBefore: number, deadBefore: number) =>
        queue.sweep({ done: new Date(doneBefore), dead: new Date(deadBefore) });
      expect(await before(doneMs, nowMs)).toBe(0);
      expect(await before(doneMs + 1, nowMs)).toBe(1);
      expect(await before(nowMs + 1, nowMs + 1)).toBe(1);
      expect(await queue.readDepth()).toEqual({ waiting: 1, dead: 0 });
    });

    async function settleNext(result: JobResult): Promise<void> {
      const claimed = await queue.claim(now());
      if (claimed !== null) await queue.settle(now(), claimed, result);
    }
  });
}
