import type { MaskingJob } from '@aggregator/anonymisation';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createPrincipal, startWorld } from '../../testing/start-world.ts';
import { MaskingProcess } from './masking-process.ts';
import { MaskingQueue } from './masking-queue.ts';

/** A caller that is alone in its organisation, or one of the named organisation. */
const caller = (id: string, orgId = id) => ({ id, orgId });
const privacy = { mode: 'mask' as const };
const toJson = (text: string) => JSON.stringify({ texts: [text] });
const jobOf = (text: string): MaskingJob => ({ policy: privacy, kind: 'texts', json: toJson(text) });
/** Without a value in it, and slow to search. */
const slowText = (bytes: number) => '1 2 3 4 5 6 7 8 9 0 '.repeat(bytes / 20);

describe('the masking of large texts', () => {
  let queue: MaskingQueue;
  const open = (change: Partial<ConstructorParameters<typeof MaskingQueue>[0]> = {}) => {
    queue = new MaskingQueue({
      ...{
        processesMax: 1,
        jobsMax: 4,
        callerJobsMax: 2,
        organisationJobsMax: 4,
        deadlineMs: 60_000,
        heapMebibytes: 192,
      },
      ...change,
    });
    return queue;
  };
  afterEach(() => queue.close());
  const isWanted = () => true;

  it('returns what is masked, and the values behind it', async () => {
    const { json, values } = await open().run(caller('a'), jobOf('ask bob@example.com or 203.0.113.7'), isWanted);

    expect(json).toBe(toJson('ask [EMAIL_1] or [IP_1]'));
    expect([...values]).toEqual([
      ['EMAIL_1', 'bob@example.com'],
      ['IP_1', '203.0.113.7'],
    ]);
    expect(queue.count).toBe(0);
  });

  it('gives each caller its turn, and refuses more than its share (I12)', async () => {
    open();
    const ends: string[] = [];
    const run = (id: string, text: string) =>
      queue.run(caller(id), jobOf(text), isWanted).then(() => ends.push(`${id} ${text.length}`));
    const jobs = [run('a', slowText(200_000)), run('a', 'x'), run('b', 'xyz')];

    await expect(queue.run(caller('a'), jobOf('x'), isWanted)).rejects.toMatchObject({
      code: 'rate_limit_exceeded',
      retryAfterMs: 1000,
    });
    const last = run('c', 'xy');
    await expect(queue.run(caller('d'), jobOf('x'), isWanted)).rejects.toMatchObject({ code: 'service_unavailable' });
    await Promise.all([...jobs, last]);
    expect(ends).toEqual(['a 200000', 'b 3', 'a 1', 'c 2']);
    expect(queue.count).toBe(0);
  });

  it('keeps places free for others, however many keys one organisation has (I12)', async () => {
    open({ organisationJobsMax: 3 });
    const run = (id: string, orgId: string) => queue.run(caller(id, orgId), jobOf('bob@example.com'), isWanted);
    const jobs = [run('a', 'one'), run('b', 'one'), run('c', 'one')];

    await expect(run('d', 'one')).rejects.toMatchObject({ code: 'rate_limit_exceeded' });
    jobs.push(run('e', 'two'));
    await Promise.all(jobs);
    await run('d', 'one');
    expect(queue.count).toBe(0);
  });

  it('ends a job that takes too long, and does the next one', async () => {
    const options = {
      processesMax: 1,
      jobsMax: 4,
      callerJobsMax: 2,
      organisationJobsMax: 4,
      deadlineMs: 5,
      heapMebibytes: 192,
    };
    queue = new MaskingQueue(options);
    await expect(queue.run(caller('a'), jobOf(slowText(1_000_000)), isWanted)).rejects.toMatchObject({
      code: 'request_too_large',
      internal: 'masking took too long',
    });

    options.deadlineMs = 60_000;
    await expect(queue.run(caller('a'), jobOf('bob@example.com'), isWanted)).resolves.toMatchObject({
      json: toJson('[EMAIL_1]'),
    });
  });

  it('ends a job that takes too much memory, and nothing else (I12)', async () => {
    open({ heapMebibytes: 32 });
    const text = `bob@example.com ${'я'.repeat(15_000_000)}`;
    await expect(queue.run(caller('a'), jobOf(text), isWanted)).rejects.toMatchObject({ code: 'request_too_large' });

    await expect(queue.run(caller('a'), jobOf('bob@example.com'), isWanted)).resolves.toMatchObject({
      json: toJson('[EMAIL_1]'),
    });
  });

  it('may be repeated if its process was killed, which is no fault of the request', async () => {
    const process = new MaskingProcess({ deadlineMs: 60_000, heapMebibytes: 192 });
    const running = process.run(jobOf(slowText(1_000_000)));
    process.close();
    await expect(running).rejects.toMatchObject({ code: 'service_unavailable', retryAfterMs: 1000 });
  });

  it('refuses a job of too many values as it would be refused here', async () => {
    const text = Array.from({ length: 50_001 }, (_, at) => `u${at}@e.co`).join(' ');

    await expect(open().run(caller('a'), jobOf(text), isWanted)).rejects.toMatchObject({
      code: 'request_too_large',
      publicMessage: expect.stringContaining('50000 personal values'),
    });
  });

  it('leaves out a job whose client has left', async () => {
    open();
    const running = queue.run(caller('a'), jobOf(slowText(200_000)), isWanted);
    const left = queue.run(caller('b'), jobOf('x'), () => false);

    await expect(left).rejects.toMatchObject({ code: 'request_cancelled' });
    await running;
  });
});

describe('other requests', () => {
  it('are served while a large text is masked (I4)', async () => {
    const world = await startWorld();
    try {
      const chat = (content: string) => ({
        model: 'mock/mock-small',
        max_tokens: 5,
        messages: [{ role: 'user', content }],
      });
      const ask = async (content: string) =>
        world.post('/v1/chat/completions', chat(content), {
          ...(await world.headers(undefined, createPrincipal())),
          'x-aggregator-privacy': 'mask',
        });
      let isOver = false;
      const addresses = Array.from({ length: 45_000 }, (_, at) => `u${at}@e.co`);
      const large = ask(addresses.join(' ')).finally(() => {
        isOver = true;
      });
      const meanwhile: number[] = [];
      while (!isOver) meanwhile.push((await ask('hello ann@example.com')).status);

      expect((await large).status).toBe(200);
      expect(meanwhile.length).toBeGreaterThan(10);
      expect(new Set(meanwhile)).toEqual(new Set([200]));
    } finally {
      await world.stop();
    }
  });
});
