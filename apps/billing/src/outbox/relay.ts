import { billingTransactionTopic } from '@aggregator/contracts';
import type { EventLog } from '@aggregator/messaging';
import { withDeadline } from '@aggregator/service-kit';
import type { Database } from '../database/open-database.ts';

const batchMax = 500;
const publishDeadlineMs = 15_000;
const transactionTimeoutMs = 30_000;
/** Any number that no other lock of this database has. */
const relayLock = 20_261_120;

/**
 * Publishes the rows of the outbox in their order, and deletes them once the event log has them: at least once, since a crash
 * in between publishes again, under the same event id. One relay at a time in the whole installation, so an organisation's
 * events keep their order. Answers how many it published; rejects where the log does not take them.
 */
export async function relayOutbox(db: Database, eventLog: EventLog): Promise<number> {
  let published = 0;
  for (;;) {
    if ((await db.outbox.findFirst({ select: { position: true } })) === null) return published;
    const count = await relayBatch(db, eventLog);
    published += count;
    if (count < batchMax) return published;
  }
}

function relayBatch(db: Database, eventLog: EventLog): Promise<number> {
  return db.$transaction(
    async (tx) => {
      const [lock] = await tx.$queryRaw<{ isOurs: boolean }[]>`
        SELECT pg_try_advisory_xact_lock(${relayLock}::bigint) AS "isOurs"`;
      if (lock?.isOurs !== true) return 0;
      const rows = await tx.outbox.findMany({ orderBy: { position: 'asc' }, take: batchMax });
      if (rows.length === 0) return 0;
      const records = rows.map(({ orgId, value }) => ({ key: orgId, value }));
      await withDeadline(
        eventLog.publish(billingTransactionTopic, records),
        publishDeadlineMs,
        'publishing the outbox',
      );
      await tx.outbox.deleteMany({ where: { position: { in: rows.map(({ position }) => position) } } });
      return rows.length;
    },
    { timeout: transactionTimeoutMs },
  );
}
