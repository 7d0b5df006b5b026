import { AppError, type CreateWebhookRequest, type Webhook } from '@aggregator/contracts';
import { createWebhookSecret } from '@aggregator/notifications';
import { createUuidV7, judgeBaseUrl } from '@aggregator/service-kit';
import type { Caller } from '../audit/caller.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import type { WebhookEndpoint as Row } from '../generated/prisma/client.ts';
import { lockOrganization } from '../keys/lock-organization.ts';
import { permitNow } from '../permissions/allow-action.ts';
import { endpointsMax } from './webhook-queues.ts';

type Parts = Pick<AuthContext, 'database' | 'now' | 'webhookSecrets' | 'webhookAllowlist'>;

/**
 * Creates an endpoint; only this returns its secret.
 * @throws {AppError} `invalid_value` for an address that cannot be called, `conflict` if there are too many
 */
export async function createEndpoint(
  { database, now: clock, webhookSecrets, webhookAllowlist }: Parts,
  caller: Caller,
  { name, url, events }: CreateWebhookRequest,
): Promise<{ row: Row; secret: string }> {
  const now = clock();
  const verdict = judgeBaseUrl(url, webhookAllowlist);
  if (!verdict.isAllowed) {
    throw new AppError('invalid_value', { param: 'url', message: `'url' cannot be called: ${verdict.reason}.` });
  }
  const { orgId: organizationId, userId } = caller.principal;
  return database.$transaction(async (transaction) => {
    await lockOrganization(transaction, organizationId);
    await permitNow(transaction, caller, 'webhooks.manage');
    if ((await transaction.webhookEndpoint.count({ where: { organizationId } })) >= endpointsMax) {
      const message = `The organisation has ${endpointsMax} webhook endpoints, which is the most. Delete one first.`;
      throw new AppError('conflict', { message });
    }
    const id = createUuidV7(now.getTime());
    const secret = createWebhookSecret();
    const row = await transaction.webhookEndpoint.create({
      data: {
        ...{ id, organizationId, name, url, events: [...new Set(events)], createdById: userId, createdAt: now },
        secretSealed: webhookSecrets.seal(secret, id),
      },
    });
    await writeAudit(transaction, now, caller, {
      ...{ organizationId, action: 'webhook_created', subjectType: 'webhook', subjectId: id },
      details: { host: verdict.url.host, events: row.events },
    });
    return { row, secret };
  });
}

/** Deletes an endpoint and its log; what waits for it is not sent. Throws `not_found`. */
export async function deleteEndpoint(
  { database, now: clock }: Pick<AuthContext, 'database' | 'now'>,
  caller: Caller,
  id: string,
): Promise<void> {
  const { orgId: organizationId } = caller.principal;
  await database.$transaction(async (transaction) => {
    await permitNow(transaction, caller, 'webhooks.manage');
    const deleted = await transaction.webhookEndpoint.deleteMany({ where: { id, organizationId } });
    if (deleted.count === 0) throw new AppError('not_found');
    await writeAudit(transaction, clock(), caller, {
      ...{ organizationId, action: 'webhook_deleted', subjectType: 'webhook', subjectId: id },
    });
  });
}

export function toWebhook({ id, name, url, events, createdById, createdAt }: Row): Webhook {
  return { id, name, url, events, createdById, createdAt: createdAt.toISOString() };
}
