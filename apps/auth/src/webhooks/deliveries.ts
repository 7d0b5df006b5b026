import { AppError, type WebhookDelivery, type WebhookEvent, webhookDeliveryState } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import type { Caller } from '../audit/caller.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import type { WebhookDelivery as Row } from '../generated/prisma/client.ts';
import { lockOrganization } from '../keys/lock-organization.ts';
import { permitNow } from '../permissions/allow-action.ts';
import { addDelivery, queueDelivery } from './add-delivery.ts';

type Parts = Pick<AuthContext, 'database' | 'now'>;

/** Queues an event `webhook.test` for one endpoint. Throws `not_found`. */
export async function testEndpoint({ database, now: clock }: Parts, caller: Caller, id: string): Promise<Row> {
  const now = clock();
  const { orgId: organizationId } = caller.principal;
  return database.$transaction(async (transaction) => {
    await permitNow(transaction, caller, 'webhooks.manage');
    const endpoint = await transaction.webhookEndpoint.findFirst({ where: { id, organizationId } });
    if (endpoint === null) throw new AppError('not_found');
    const type = 'webhook.test';
    const event: WebhookEvent = { type, timestamp: now.toISOString(), data: { organizationId, webhookId: id } };
    const eventId = createUuidV7(now.getTime());
    const deliveryId = await addDelivery(transaction, now, endpoint, { eventId, type, body: JSON.stringify(event) });
    await writeAudit(transaction, now, caller, {
      ...{ organizationId, action: 'webhook_tested', subjectType: 'webhook', subjectId: id },
    });
    return transaction.webhookDelivery.findUniqueOrThrow({ where: { id: deliveryId } });
  });
}

/** Gives a delivery all its attempts again. Throws `not_found`, and `conflict` if an attempt follows anyway. */
export async function replayDelivery(
  { database, now: clock }: Parts,
  caller: Caller,
  { endpointId, deliveryId: id }: { endpointId: string; deliveryId: string },
): Promise<Row> {
  const now = clock();
  const { orgId: organizationId } = caller.principal;
  return database.$transaction(async (transaction) => {
    await lockOrganization(transaction, organizationId);
    await permitNow(transaction, caller, 'webhooks.manage');
    const found = await transaction.webhookDelivery.findFirst({
      where: { id, endpointId, endpoint: { organizationId } },
    });
    if (found === null) throw new AppError('not_found');
    if (found.state === 'waiting') {
      throw new AppError('conflict', { message: 'The delivery waits for its next attempt already.' });
    }
    const data = { state: 'waiting', attempts: 0, replays: { increment: 1 } };
    const row = await transaction.webhookDelivery.update({ where: { id }, data });
    await queueDelivery(transaction, now, organizationId, row);
    await writeAudit(transaction, now, caller, {
      ...{ organizationId, action: 'webhook_replayed', subjectType: 'webhook', subjectId: endpointId },
      details: { deliveryId: id },
    });
    return transaction.webhookDelivery.findUniqueOrThrow({ where: { id } });
  });
}

export function toDelivery(row: Row): WebhookDelivery {
  const { id, eventId, type, attempts, replays, status, reason, response, createdAt, attemptedAt } = row;
  return {
    ...{ id, eventId, type, state: webhookDeliveryState.parse(row.state), attempts, replays, status, reason, response },
    ...{ createdAt: createdAt.toISOString(), attemptedAt: attemptedAt?.toISOString() ?? null },
  };
}
