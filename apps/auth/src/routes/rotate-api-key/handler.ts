import { type CreatedApiKey, rotateApiKeyQuery } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { callerOf } from '../../audit/caller.ts';
import { showOne } from '../../audit/show-one.ts';
import type { AuthContext } from '../../auth-context.ts';
import { readPathId } from '../../database/read-path-id.ts';
import { rotateKey } from '../../keys/rotate-key.ts';
import { showKeys } from '../../keys/show-keys.ts';
import { standingOf } from '../../permissions/allow-action.ts';

const noFields = z.strictObject({});

export function rotateApiKeyHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    checkBody(noFields, request.body);
    const { overlapSeconds = 0 } = checkBody(rotateApiKeyQuery, { ...request.query });
    const { old, issued } = await rotateKey(context, caller, standingOf(request), {
      keyId: readPathId(request, 'id'),
      overlapSeconds,
    });
    await context.events.keyChanged({
      requestId: caller.requestId,
      change: 'rotated',
      organizationId: old.organizationId,
      keyId: old.id,
      keySha256: [context.keyHasher.readSha256(old), issued.keySha256],
    });
    const shown = await showOne(showKeys(context.database, context.limits, old.organizationId, [issued.row]));
    const answer: CreatedApiKey = { ...shown, key: issued.key };
    response.status(201).set('cache-control', 'no-store').json(answer);
  };
}
