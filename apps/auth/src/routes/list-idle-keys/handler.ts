import { type idleKeys, idleKeysQuery } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { z } from 'zod';
import type { AuthContext } from '../../auth-context.ts';
import { readPathId } from '../../database/read-path-id.ts';

const keysMax = 20;

/** GET /internal/organizations/{id}/idle-keys: for billing's advice. A key that is used only after the time asked for is not idle. */
export function listIdleKeysHandler({ database, now }: AuthContext): RequestHandler {
  return async (request, response) => {
    const organizationId = readPathId(request, 'id');
    const since = new Date(checkBody(idleKeysQuery, request.query).since);
    const rows = await database.$queryRaw<{ id: string }[]>`
      SELECT id FROM api_key LEFT JOIN key_use ON key_use.key_id = api_key.id
      WHERE api_key.organization_id = ${organizationId}::uuid AND created_at < ${since}
        AND revoked_at IS NULL AND blocked_at IS NULL AND (expires_at IS NULL OR expires_at > ${now()})
        AND (last_used_at IS NULL OR last_used_at < ${since})
      ORDER BY api_key.id LIMIT ${keysMax}`;
    const answer: z.infer<typeof idleKeys> = { data: rows.map(({ id }) => id) };
    response.json(answer);
  };
}
