import { AppError, webhookDeliveryQuery } from '@aggregator/contracts';
import { checkBody, pageSize, principalOf, toPage } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { readPathId } from '../../database/read-path-id.ts';
import type { ReadContext } from '../../tenants/tenant-reads.ts';
import { toDelivery } from '../../webhooks/deliveries.ts';

/** Newest first. */
export function listWebhookDeliveriesHandler({ database }: ReadContext): RequestHandler {
  return async (request, response) => {
    const { orgId: organizationId } = principalOf(request);
    const { cursor, limit = pageSize, state } = checkBody(webhookDeliveryQuery, { ...request.query });
    const id = readPathId(request, 'webhookId');
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
    response.json(toPage(rows, limit, (row) => row.id, toDelivery));
  };
}
