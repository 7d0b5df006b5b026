import { waitFor } from '@aggregator/testing';
import { createPostgresWorkQueue } from '@aggregator/work-queue';
import { openTable } from '@aggregator/work-queue/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDueLook } from './due-look.ts';

describe('look for due jobs', () => {
  let table: Awaited<ReturnType<typeof openTable>>;
  beforeAll(async () => {
    table = await openTable();
  });
  afterAll(() => table.close());

  it('finds the jobs of each queue by one statement, and claims nothing in a queue without due jobs', async () => {
    const { connection } = table;
    const statements: string[] = [];
    const counted = {
      query: (text: string, values: readonly unknown[] = []) => {
        statements.push(text.trim().split(/\s+/)[0] ?? '');
        return connection.query(text, values);
      },
    };
    const toHasDue = createDueLook(counted.query);
    const open = (queue: string) =>
      createPostgresWorkQueue({
        ...{ connection: counted, queue, hasDue: toHasDue(queue) },
        ...{ leaseMs: 1000, attemptsMax: 3, waitingPerTenantMax: 10, waitingMax: 10 },
        backOff: { firstMs: 1000, longestMs: 1000 },
      });
    const [mail, webhook, event] = [open('mail'), open('webhook'), open('event')];
    const now = new Date('2026-11-30T10:00:00Z');
    await webhook.enqueue(connection, now, { key: 'a', tenant: 't', body: Buffer.from('x') });

    const before = new Date(now.getTime() - 1);
    expect(await Promise.all([mail, webhook, event].map((queue) => queue.claim(before)))).toEqual([null, null, null]);
    expect(statements).toEqual(['SELECT']);

    await waitFor(async () => (await webhook.claim(now)) !== null, { describe: 'the job that is due' });
    expect(await mail.claim(now)).toBeNull();
    expect(statements.filter((verb) => verb === 'UPDATE')).toHaveLength(1);
  });
});
