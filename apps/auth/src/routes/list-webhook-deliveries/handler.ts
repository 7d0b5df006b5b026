import { AppError, webhookDeliveryQuery } from '@aggregator/contracts';
import { checkBody, principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { AuthContext } from '../../auth-context.ts';
import { toDelivery } from '../../webhooks/deliveries.ts';
import { readWebhookId } from '../../webhooks/read-webhook-id.ts';

const pageSize = 50;

/** Newest first. */
export function listWebhookDeliveriesHandler({ database }: AuthContext): RequestHandler {
  return async (request, response) => {
    const { orgId: organizationId } = principalOf(request);
    const { cursor, limit = pageSize, state } = checkBody(webhookDeliveryQuery, { ...request.query });
    const id = readWebhookId(request);
    if ((await database.webhookEndpoint.count({ where: { id, organizationId } })) === 0)
      throw new AppError('not_found');
    const rows = await database.webhookDelivery.findMany({
      where: {
        endpointId: id,
        ...(state !== undefined && { state }),
        ...(cursor !== undefined && { id: { lt: cursor } }),
      },
      orderBy: { id: 'desc' },
      take: limit + 1,
    });
    const page = rows.slice(0, limit);
    const nextCursor = rows.length > limit ? (page.at(-1)?.id ?? null) : null;
    response.json({ data: page.map(toDelivery), nextCursor });
  };
}
