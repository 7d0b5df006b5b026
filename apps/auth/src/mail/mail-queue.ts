import { AppError } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import type { Database, Transaction } from '../database/create-database.ts';
import { deriveSealingKey, open, seal } from '../secrets/seal.ts';
import { type Mail, mail as mailSchema } from './mail.ts';

/** Mails that wait, of all organisations. Beyond it a request that needs a mail is rejected. */
const waitingMax = 10_000;
export const attemptsMax = 8;
/** Longer than one attempt can take, so that no other process gets the mail meanwhile. */
const firstPauseMs = 60_000;
const longestPauseMs = 3_600_000;

export interface ClaimedMail {
  id: string;
  attempts: number;
  /** Null if it was sealed with a pepper that is no longer configured. */
  mail: Mail | null;
}

/** Mails wait in the database of auth, sealed: they hold addresses and tokens. */
export interface MailQueue {
  /** Throws `service_unavailable` if the installation sends no mails. */
  requireSending(): void;
  /** Throws `service_unavailable` if no mail can be sent, or too many wait. */
  enqueue(transaction: Transaction, now: Date, mail: Mail): Promise<void>;
  /** Takes a mail that is due; null if none is. Another process gets it again only when its pause is over. */
  claim(now: Date): Promise<ClaimedMail | null>;
  finish(id: string, now: Date, result: 'sent' | 'failed'): Promise<void>;
}

export function createMailQueue(
  database: Database,
  { peppers, isSending }: { peppers: readonly string[]; isSending: boolean },
): MailQueue {
  const keys = peppers.map((pepper) => deriveSealingKey(pepper, 'mail'));
  const present = keys[0];
  if (present === undefined) throw new RangeError('at least one pepper is needed');

  const requireSending = () => {
    if (isSending) return;
    const message = 'This installation sends no mails. The operator sets MAIL_TRANSPORT.';
    throw new AppError('service_unavailable', { message });
  };

  return {
    requireSending,
    async enqueue(transaction, now, mail) {
      requireSending();
      if ((await transaction.mail.count({ where: { sentAt: null, failedAt: null } })) >= waitingMax) {
        throw new AppError('service_unavailable', { internal: 'too many mails wait' });
      }
      const id = createUuidV7(now.getTime());
      const sealed = seal(present, JSON.stringify(mail), id);
      await transaction.mail.create({ data: { id, sealed, createdAt: now, nextAttemptAt: now } });
    },
    async claim(now) {
      const rows = await database.$queryRaw<{ id: string; attempts: number; sealed: Uint8Array }[]>`
        UPDATE "mail" SET "attempts" = "attempts" + 1, "next_attempt_at" = ${now}::timestamptz
          + least(${firstPauseMs}::bigint * (1 << least("attempts", 20)), ${longestPauseMs}::bigint) * interval '1 millisecond'
        WHERE "id" IN (
          SELECT "id" FROM "mail" WHERE "sealed" IS NOT NULL AND "next_attempt_at" <= ${now}
          ORDER BY "next_attempt_at" LIMIT 1 FOR UPDATE SKIP LOCKED
        )
        RETURNING "id", "attempts", "sealed"`;
      const row = rows[0];
      return row === undefined ? null : { id: row.id, attempts: row.attempts, mail: unseal(keys, row.sealed, row.id) };
    },
    async finish(id, now, result) {
      const data = { sealed: null, ...(result === 'sent' ? { sentAt: now } : { failedAt: now }) };
      await database.mail.update({ where: { id }, data });
    },
  };
}

function unseal(keys: readonly Buffer[], sealed: Uint8Array, id: string): Mail | null {
  const texts = keys.map((key) => open(key, sealed, id));
  const text = texts.find((found) => found !== null);
  return text == null ? null : mailSchema.parse(JSON.parse(text));
}
