import { AppError } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import { showOne } from '../../audit/show-one.ts';
import { readPathId } from '../../database/read-path-id.ts';
import { showKeys } from '../../keys/show-keys.ts';
import { standingOf } from '../../permissions/allow-action.ts';
import { keysInReach } from '../../permissions/in-reach.ts';
import type { ReadContext } from '../../tenants/tenant-reads.ts';

/** A key out of the caller's reach is 404: its existence is a secret. */
export function getApiKeyHandler({ database, limits }: ReadContext): RequestHandler {
  return async (request, response) => {
    const standing = standingOf(request);
    const row = await database.apiKey.findFirst({ where: { ...keysInReach(standing), id: readPathId(request, 'id') } });
    if (row === null) throw new AppError('not_found');
    response.json(await showOne(showKeys(database, limits, standing.organizationId, [row])));
  };
}
