import { type CreatedWebhook, createWebhookRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { createEndpoint, toWebhook } from '../../webhooks/endpoints.ts';

export function createWebhookHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const body = checkBody(createWebhookRequest, request.body);
    const { row, secret } = await createEndpoint(context, callerOf(request), body);
    const answer: CreatedWebhook = { ...toWebhook(row), secret };
    response.status(201).set('cache-control', 'no-store').json(answer);
  };
}
