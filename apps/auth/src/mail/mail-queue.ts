import { createHash } from 'node:crypto';
import { AppError } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import {
  createPostgresWorkQueue,
  type Job,
  QueueFullError,
  toSqlConnection,
  type WorkQueue,
} from '@aggregator/work-queue';
import type { Database, Transaction } from '../database/create-database.ts';
import type { OpenWorkQueue } from '../jobs/work-queues.ts';
import { deriveSealingKey, open, seal } from '../secrets/seal.ts';
import { type Mail, mail as mailSchema } from './mail.ts';

export const mailQueueName = 'mail';
/** Mails that wait, for one address and in all. Beyond it a request that needs a mail is rejected. */
const waitingPerAddressMax = 100;
const waitingMax = 10_000;
export const attemptsMax = 8;
/** Longer than one attempt can take, so that no other process gets the mail meanwhile. */
const firstPauseMs = 60_000;
const longestPauseMs = 3_600_000;

/** Mails wait in the database of auth, sealed: they hold addresses and tokens. */
export interface MailQueue {
  readonly jobs: WorkQueue;
  /** Throws `service_unavailable` if the installation sends no mails. */
  requireSending(): void;
  /**
   * Throws `service_unavailable` if no mail can be sent, or too many wait. A mail of a `key` that was queued before is not queued again.
   */
  enqueue(transaction: Transaction, now: Date, mail: Mail, key?: string): Promise<void>;
  /** Returns the mail of a job; null if it was sealed with a pepper that is no longer configured. */
  open(job: Job): Mail | null;
}

export interface MailQueueOptions {
  peppers: readonly string[];
  isSending: boolean;
  /** How workers get their jobs; from the database if absent. */
  open?: OpenWorkQueue;
}

export function createMailQueue(
  database: Database,
  { peppers, isSending, open: openQueue = createPostgresWorkQueue }: MailQueueOptions,
): MailQueue {
  const keys = peppers.map((pepper) => deriveSealingKey(pepper, 'mail'));
  const present = keys[0];
  if (present === undefined) throw new RangeError('at least one pepper is needed');
  const jobs = openQueue({
    ...{ connection: toSqlConnection(database), queue: mailQueueName, attemptsMax },
    ...{ leaseMs: firstPauseMs, backOff: { firstMs: firstPauseMs, longestMs: longestPauseMs } },
    ...{ waitingPerTenantMax: waitingPerAddressMax, waitingMax },
  });

  const requireSending = () => {
    if (isSending) return;
    const message = 'This installation sends no mails. The operator sets MAIL_TRANSPORT.';
    throw new AppError('service_unavailable', { message });
  };

  return {
    jobs,
    requireSending,
    async enqueue(transaction, now, mail, key = createUuidV7(now.getTime())) {
      requireSending();
      const body = seal(present, JSON.stringify(mail), key);
      try {
        await jobs.enqueue(toSqlConnection(transaction), now, { key, tenant: toTenant(mail), body });
      } catch (error) {
        if (!(error instanceof QueueFullError)) throw error;
        throw new AppError('service_unavailable', { internal: 'too many mails wait', cause: error });
      }
    },
    open({ key, body }) {
      const texts = keys.map((sealingKey) => open(sealingKey, body, key));
      const text = texts.find((found) => found !== null);
      return text == null ? null : mailSchema.parse(JSON.parse(text));
    },
  };
}

/** The address is not stored in clear. */
function toTenant({ to }: Mail): string {
  return createHash('sha256').update(to).digest('base64url').slice(0, 22);
}
