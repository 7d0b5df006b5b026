import { AppError, type ConfirmedOrganization } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import type { AuthContext } from '../../auth-context.ts';
import { readPathId } from '../../database/read-path-id.ts';

/** GET /internal/organizations/{id}: for billing, which opens accounts and takes fees of organisations alone. 404 for a deleted one. */
export function confirmOrganizationHandler({ database }: AuthContext): RequestHandler {
  return async (request, response) => {
    const id = readPathId(request, 'id');
    const row = await database.organization.findUnique({ where: { id, deletedAt: null }, select: { id: true } });
    if (row === null) throw new AppError('not_found');
    const answer: ConfirmedOrganization = { id: row.id };
    response.json(answer);
  };
}
