import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { ReadContext } from '../../tenants/tenant-reads.ts';
import { toWebhook } from '../../webhooks/endpoints.ts';
import { endpointsMax } from '../../webhooks/webhook-queues.ts';

export function listWebhooksHandler({ database }: ReadContext): RequestHandler {
  return async (request, response) => {
    const { orgId: organizationId } = principalOf(request);
    const page = { orderBy: { id: 'asc' }, take: endpointsMax } as const;
    const rows = await database.webhookEndpoint.findMany({ where: { organizationId }, ...page });
    response.json({ data: rows.map(toWebhook) });
  };
}
