import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { testEndpoint, toDelivery } from '../../webhooks/deliveries.ts';
import { readWebhookId } from '../../webhooks/read-webhook-id.ts';

export function testWebhookHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    response.status(202).json(toDelivery(await testEndpoint(context, callerOf(request), readWebhookId(request))));
  };
}
