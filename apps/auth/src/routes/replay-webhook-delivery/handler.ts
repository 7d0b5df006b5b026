import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { readPathId } from '../../database/read-path-id.ts';
import { replayDelivery, toDelivery } from '../../webhooks/deliveries.ts';

export function replayWebhookDeliveryHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const target = { endpointId: readPathId(request, 'webhookId'), deliveryId: readPathId(request, 'deliveryId') };
    response.status(202).json(toDelivery(await replayDelivery(context, callerOf(request), target)));
  };
}
