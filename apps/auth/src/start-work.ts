import type { MailTransport, WebhookSender } from '@aggregator/notifications';
import type { Logger, Metrics } from '@aggregator/service-kit';
import { toSqlConnection } from '@aggregator/work-queue';
import { startWorking } from './bulk/start-working.ts';
import type { Database } from './database/create-database.ts';
import type { AuthEvents } from './events.ts';
import { watchQueues } from './jobs/watch-queues.ts';
import type { openWorkQueues } from './jobs/work-queues.ts';
import type { KeyHasher } from './keys/key-hasher.ts';
import { startDelivering } from './mail/deliver-mails.ts';
import type { MailQueue } from './mail/mail-queue.ts';
import type { SecretSealer } from './secrets/secret-sealer.ts';
import { startSweeping } from './sessions/sweep-sessions.ts';
import { startDeliveringWebhooks } from './webhooks/deliver-webhooks.ts';
import { createDeliveryJobs, createEventJobs } from './webhooks/webhook-queues.ts';

/** What auth does beside its requests. */
export interface AuthWork {
  /** Rows of a new bulk job are waiting. */
  wakeBulk(): void;
  /** Resolves when nothing runs any more. */
  stop(): Promise<void>;
}

/** Starts sending mails and webhooks, working on bulk jobs, sweeping sessions, and counting the jobs that wait. */
export function startWork(parts: {
  database: Database;
  events: AuthEvents;
  logger: Logger;
  metrics: Metrics;
  mails: MailQueue;
  /** Null: no mail is sent. */
  transport: MailTransport | null;
  publicUrl: string;
  webhookSecrets: SecretSealer;
  keyHasher: KeyHasher;
  bulkKeys: SecretSealer;
  invitationsPerDay: number;
  webhookSender: WebhookSender;
  now(): Date;
  open: ReturnType<typeof openWorkQueues>['open'];
}): AuthWork {
  const { database, events, logger, mails, transport, publicUrl, now } = parts;
  const report = (event: string) => (error: unknown) => logger.warn(event, { error });
  const delivering =
    transport === null
      ? undefined
      : startDelivering({ queue: mails, transport, events, publicUrl, now, database }, report('mail_delivery_failed'));
  const { keyHasher, bulkKeys, invitationsPerDay } = parts;
  const invitations = { mails, invitationsPerDay };
  const bulk = startWorking({ database, events, now, keyHasher, bulkKeys, invitations }, report('bulk_work_failed'));
  const webhooks = startDeliveringWebhooks(
    { database, secrets: parts.webhookSecrets, sender: parts.webhookSender, events, now, open: parts.open },
    report('webhook_delivery_failed'),
  );
  const sweeping = startSweeping({ database, events, mails }, now, report('session_sweep_failed'));
  const connection = toSqlConnection(database);
  const queues = {
    mail: mails.jobs,
    webhook_event: createEventJobs(connection),
    webhook: createDeliveryJobs(connection),
  };
  const watching = watchQueues(queues, parts.metrics, report('queue_watch_failed'));
  return {
    wakeBulk: () => bulk.wake(),
    async stop() {
      watching.stop();
      sweeping.stop();
      await Promise.all([delivering?.stop(), webhooks.stop(), bulk.stop()]);
    },
  };
}
