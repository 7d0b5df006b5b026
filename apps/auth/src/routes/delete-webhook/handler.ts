import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { readPathId } from '../../database/read-path-id.ts';
import { deleteEndpoint } from '../../webhooks/endpoints.ts';

export function deleteWebhookHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    await deleteEndpoint(context, callerOf(request), readPathId(request, 'webhookId'));
    response.status(204).end();
  };
}
