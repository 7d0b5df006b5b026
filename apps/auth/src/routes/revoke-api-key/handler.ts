import { revokeApiKeyQuery } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { readPathId } from '../../database/read-path-id.ts';
import { revokeKey } from '../../keys/revoke-key.ts';
import { standingOf } from '../../permissions/allow-action.ts';

export function revokeApiKeyHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const { kill = false, cascade = true } = checkBody(revokeApiKeyQuery, { ...request.query });
    const { row, descendantIds, cut } = await revokeKey(context, caller, standingOf(request), {
      keyId: readPathId(request, 'id'),
      cascade,
      kill,
    });
    await context.events.keyChanged({
      requestId: caller.requestId,
      change: 'revoked',
      organizationId: row.organizationId,
      keyId: row.id,
      keySha256: [context.keyHasher.readSha256(row)],
      // The gateways know the keys' organisation, and need no list of hashes.
      ...(descendantIds.length > 0 && { organizationIds: [row.organizationId] }),
      ...(cut && { cut }),
    });
    response.status(204).end();
  };
}
