import type { AuthContext } from '../auth-context.ts';
import type { Database } from '../database/create-database.ts';
import { deleteOrganizations } from '../deletion/delete-organizations.ts';
import { adoptEarlierMails } from '../mail/adopt-earlier-mails.ts';
import type { MailQueue } from '../mail/mail-queue.ts';
import { sweepWebhooks } from '../webhooks/sweep-webhooks.ts';

const perSweepMax = 1000;

/** Deletes sessions that have expired, with their tokens, a bounded number at a time. Answers how many. */
export function sweepSessions(database: Database, now: Date): Promise<number> {
  return database.$executeRaw`
    DELETE FROM "session" WHERE "id" IN (
      SELECT "id" FROM "session" WHERE "expires_at" <= ${now} LIMIT ${perSweepMax} FOR UPDATE SKIP LOCKED
    )`;
}

/**
 * Deletes mails that were sent a week ago or given up a month ago, links and invitations that expired a month ago, finished
 * logins of an hour ago, and security events of 400 days ago. Returns how many.
 */
export async function sweepMails(database: Database, mails: MailQueue, now: Date): Promise<number> {
  await adoptEarlierMails(database, now);
  const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
  const counts = [
    await mails.jobs.sweep({ done: daysAgo(7), dead: daysAgo(30) }),
    await database.$executeRaw`
      DELETE FROM "mail" WHERE "id" IN (
        SELECT "id" FROM "mail" WHERE "sealed" IS NULL AND "next_attempt_at" < ${daysAgo(7)} LIMIT ${perSweepMax}
      )`,
    await database.$executeRaw`
      DELETE FROM "email_token" WHERE "id" IN (
        SELECT "id" FROM "email_token" WHERE "expires_at" < ${daysAgo(30)} LIMIT ${perSweepMax}
      )`,
    await database.$executeRaw`
      DELETE FROM "invitation" WHERE "id" IN (
        SELECT "id" FROM "invitation" WHERE "expires_at" < ${daysAgo(30)} LIMIT ${perSweepMax}
      )`,
    await database.$executeRaw`
      DELETE FROM "sso_login" WHERE "state_hash" IN (
        SELECT "state_hash" FROM "sso_login" WHERE "expires_at" < ${daysAgo(1 / 24)} LIMIT ${perSweepMax}
      )`,
    await database.$executeRaw`
      DELETE FROM "security_event" WHERE "id" IN (
        SELECT "id" FROM "security_event" WHERE "last_at" < ${daysAgo(400)} LIMIT ${perSweepMax}
      )`,
    await database.$executeRaw`
      DELETE FROM "bulk_job" WHERE "id" IN (
        SELECT "id" FROM "bulk_job" WHERE "finished_at" < ${daysAgo(7)} LIMIT 10
      )`,
  ];
  return counts.reduce((sum, count) => sum + count, 0);
}

const sweepIntervalMs = 10 * 60 * 1000;

/** Sweeps every ten minutes until stopped. */
export function startSweeping(
  { database, events, mails }: Pick<AuthContext, 'database' | 'events' | 'mails'>,
  now: () => Date,
  onError: (error: unknown) => void,
): { stop(): void } {
  const timer = setInterval(() => {
    sweepSessions(database, now())
      .then(() => sweepMails(database, mails, now()))
      .then(() => sweepWebhooks(database, now()))
      .then(() => deleteOrganizations({ database, events }, now()))
      .catch(onError);
  }, sweepIntervalMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
