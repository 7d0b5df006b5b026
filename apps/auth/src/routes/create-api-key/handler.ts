import { type CreatedApiKey, createApiKeyRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { createKey } from '../../keys/create-key.ts';
import { toApiKey } from '../../keys/stored-key.ts';
import { standingOf } from '../../permissions/allow-action.ts';

export function createApiKeyHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const body = checkBody(createApiKeyRequest, request.body);
    const { row, key, keySha256, ceilings } = await createKey(context, caller, standingOf(request), body);
    await context.events.keyChanged({
      requestId: caller.requestId,
      change: 'created',
      organizationId: row.organizationId,
      keyId: row.id,
      keySha256: [keySha256],
    });
    const answer: CreatedApiKey = { ...toApiKey(row, context.limits, ceilings), key };
    response.status(201).set('cache-control', 'no-store').json(answer);
  };
}
