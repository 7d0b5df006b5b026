import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { deleteEndpoint } from '../../webhooks/endpoints.ts';
import { readWebhookId } from '../../webhooks/read-webhook-id.ts';

export function deleteWebhookHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    await deleteEndpoint(context, callerOf(request), readWebhookId(request));
    response.status(204).end();
  };
}
