import { AppError } from '@aggregator/contracts';
import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { showOrganization } from '../../accounts/show-organizations.ts';
import type { ReadContext } from '../../tenants/tenant-reads.ts';

export function getOrganizationHandler({ database }: ReadContext): RequestHandler {
  return async (request, response) => {
    const organization = await database.organization.findUnique({ where: { id: principalOf(request).orgId } });
    if (organization === null) throw new AppError('not_found');
    response.json(await showOrganization(database, organization));
  };
}
