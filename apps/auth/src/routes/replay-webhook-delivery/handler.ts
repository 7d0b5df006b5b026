import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { replayDelivery, toDelivery } from '../../webhooks/deliveries.ts';
import { readWebhookId } from '../../webhooks/read-webhook-id.ts';

export function replayWebhookDeliveryHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const target = { endpointId: readWebhookId(request), deliveryId: readWebhookId(request, 'deliveryId') };
    response.status(202).json(toDelivery(await replayDelivery(context, callerOf(request), target)));
  };
}
