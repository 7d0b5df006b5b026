import { createUuidV7 } from '@aggregator/service-kit';
import { QueueFullError, toSqlConnection } from '@aggregator/work-queue';
import type { Transaction } from '../database/create-database.ts';
import type { WebhookDelivery, WebhookEndpoint } from '../generated/prisma/client.ts';
import { createDeliveryJobs } from './webhook-queues.ts';

/** Rows of the log that one endpoint keeps; the oldest are deleted. */
const logRowsMax = 1000;

/** Adds a delivery to the log and queues it. Does nothing if the endpoint has the event already. */
export async function addDelivery(
  transaction: Transaction,
  now: Date,
  { id: endpointId, organizationId }: WebhookEndpoint,
  event: { eventId: string; type: string; body: string },
): Promise<string> {
  const id = createUuidV7(now.getTime());
  const row = { ...event, id, endpointId, state: 'waiting', createdAt: now };
  const added = await transaction.webhookDelivery.createMany({ data: [row], skipDuplicates: true });
  if (added.count === 0) return id;
  await queueDelivery(transaction, now, organizationId, { id, replays: 0 });
  await transaction.$executeRaw`
    DELETE FROM "webhook_delivery" WHERE "id" IN (
      SELECT "id" FROM "webhook_delivery" WHERE "endpoint_id" = ${endpointId}::uuid ORDER BY "id" DESC OFFSET ${logRowsMax}
    )`;
  return id;
}

/** Queues a delivery of the log. It fails at once, with the reason `queue_full`, if too many of the organisation wait. */
export async function queueDelivery(
  transaction: Transaction,
  now: Date,
  organizationId: string,
  { id, replays }: Pick<WebhookDelivery, 'id' | 'replays'>,
): Promise<void> {
  const connection = toSqlConnection(transaction);
  const job = { key: `${id}:${replays}`, tenant: organizationId, body: Buffer.from(id) };
  try {
    await createDeliveryJobs(connection).enqueue(connection, now, job);
  } catch (error) {
    if (!(error instanceof QueueFullError)) throw error;
    await transaction.webhookDelivery.update({ where: { id }, data: { state: 'failed', reason: 'queue_full' } });
  }
}
