import { AppError } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import { readOrganizationId } from '../../accounts/read-organization-id.ts';
import { toTenant } from '../../accounts/to-tenant.ts';
import type { AuthContext } from '../../auth-context.ts';

export function getTenantHandler({ database, limits }: AuthContext): RequestHandler {
  return async (request, response) => {
    const row = await database.organization.findUnique({ where: { id: readOrganizationId(request) } });
    if (row === null) throw new AppError('not_found');
    response.json(toTenant(row, limits));
  };
}
