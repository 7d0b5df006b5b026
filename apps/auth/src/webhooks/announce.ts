import type { WebhookEvent } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import { QueueFullError, toSqlConnection } from '@aggregator/work-queue';
import type { Transaction } from '../database/create-database.ts';
import { createEventJobs } from './webhook-queues.ts';

/** An event that another service reports: its id makes a repeat a no-op, and it may have happened earlier. */
export interface ReportedEvent {
  id: string;
  time: string;
}

/**
 * Queues an event for the endpoints of its organisation, in the transaction of the change itself. Writes nothing if no
 * endpoint wants it. Drops it if too many events of the organisation wait: a change never fails because of a webhook.
 */
export async function announce(
  transaction: Transaction,
  now: Date,
  { type, data }: Pick<WebhookEvent, 'type' | 'data'>,
  reported: ReportedEvent = { id: createUuidV7(now.getTime()), time: now.toISOString() },
): Promise<void> {
  const { organizationId } = data;
  const wanted = await transaction.webhookEndpoint.findFirst({
    where: { organizationId, events: { has: type } },
    select: { id: true },
  });
  if (wanted === null) return;
  const event: WebhookEvent = { type, timestamp: reported.time, data };
  const job = { key: reported.id, tenant: organizationId, body: Buffer.from(JSON.stringify(event)) };
  const connection = toSqlConnection(transaction);
  await createEventJobs(connection)
    .enqueue(connection, now, job)
    .catch((error: unknown) => {
      if (!(error instanceof QueueFullError)) throw error;
    });
}
