import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { readPathId } from '../../database/read-path-id.ts';
import { testEndpoint, toDelivery } from '../../webhooks/deliveries.ts';

export function testWebhookHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    response
      .status(202)
      .json(toDelivery(await testEndpoint(context, callerOf(request), readPathId(request, 'webhookId'))));
  };
}
