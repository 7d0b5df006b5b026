import { type CreatedApiKey, createApiKeyRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import { showOne } from '../../audit/show-one.ts';
import type { AuthContext } from '../../auth-context.ts';
import { createKey } from '../../keys/create-key.ts';
import { showKeys } from '../../keys/show-keys.ts';
import { standingOf } from '../../permissions/allow-action.ts';

export function createApiKeyHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const body = checkBody(createApiKeyRequest, request.body);
    const { row, key, keySha256 } = await createKey(context, caller, standingOf(request), body);
    await context.events.keyChanged({
      requestId: caller.requestId,
      change: 'created',
      organizationId: row.organizationId,
      keyId: row.id,
      keySha256: [keySha256],
    });
    const shown = await showOne(showKeys(context.database, context.limits, row.organizationId, [row]));
    const answer: CreatedApiKey = { ...shown, key };
    response.status(201).set('cache-control', 'no-store').json(answer);
  };
}
