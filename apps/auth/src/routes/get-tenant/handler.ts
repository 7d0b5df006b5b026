import { AppError } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import { showTenants } from '../../accounts/show-organizations.ts';
import { showOne } from '../../audit/show-one.ts';
import type { AuthContext } from '../../auth-context.ts';
import { readPathId } from '../../database/read-path-id.ts';

export function getTenantHandler({ database, limits }: AuthContext): RequestHandler {
  return async (request, response) => {
    const row = await database.organization.findUnique({ where: { id: readPathId(request, 'id') } });
    if (row === null) throw new AppError('not_found');
    response.json(await showOne(showTenants(database, limits, [row])));
  };
}
