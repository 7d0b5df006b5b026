import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../context.ts';
import { readKeyId } from '../../keys/read-key-id.ts';
import { revokeKey } from '../../keys/revoke-key.ts';

export function revokeApiKeyHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const row = await revokeKey(context, caller, readKeyId(request));
    await context.events.keyChanged({
      requestId: caller.requestId,
      change: 'revoked',
      organizationId: row.organizationId,
      keyId: row.id,
      keySha256: [context.keyHasher.readSha256(row)],
    });
    response.status(204).end();
  };
}
