import { toSqlConnection } from '@aggregator/work-queue';
import type { Database } from '../database/create-database.ts';
import { createDeliveryJobs, createEventJobs } from './webhook-queues.ts';

const perSweepMax = 1000;
const keptDays = 30;

/** Deletes rows of the log after 30 days, finished jobs after a day and jobs that were given up after 30. Returns how many. */
export async function sweepWebhooks(database: Database, now: Date): Promise<number> {
  const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
  const connection = toSqlConnection(database);
  const before = { done: daysAgo(1), dead: daysAgo(keptDays) };
  const counts = [
    await createEventJobs(connection).sweep(before),
    await createDeliveryJobs(connection).sweep(before),
    await database.$executeRaw`
      DELETE FROM "webhook_delivery" WHERE "id" IN (
        SELECT "id" FROM "webhook_delivery" WHERE "created_at" < ${daysAgo(keptDays)} LIMIT ${perSweepMax}
      )`,
  ];
  return counts.reduce((sum, count) => sum + count, 0);
}
