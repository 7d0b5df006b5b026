import type { Database } from '../database/create-database.ts';
import { mailQueueName } from './mail-queue.ts';

const perRoundMax = 1_000;

/**
 * Moves mails that a process of an earlier version has queued, in the table `mail`, into the queue. Mails that such a
 * process has under way stay there until their pause is over.
 */
export async function adoptEarlierMails(database: Database, now: Date): Promise<number> {
  return database.$executeRaw`
    WITH moved AS (
      DELETE FROM "mail" WHERE "id" IN (
        SELECT "id" FROM "mail" WHERE "sealed" IS NOT NULL AND "next_attempt_at" <= ${now}::timestamptz
        LIMIT ${perRoundMax} FOR UPDATE SKIP LOCKED
      )
      RETURNING "id", "sealed", "created_at"
    )
    INSERT INTO "work_job" ("id", "queue", "key", "tenant", "body", "state", "attempts", "created_at", "due_at")
    SELECT "id", ${mailQueueName}, "id"::text, 'earlier', "sealed", 'waiting', 0, "created_at", ${now}::timestamptz FROM moved
    ON CONFLICT DO NOTHING`;
}
