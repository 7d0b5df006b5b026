import { AppError, type OrganizationPrivacy } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { AuthContext } from '../../context.ts';
import { readStoredPolicy } from '../../privacy/stored-policy.ts';

const organizationId = z.uuid();

/** `not_found` for an organisation that is none: the gateway then lets nobody in as a member of it. */
export function getOrganizationPrivacyHandler({ database }: AuthContext): RequestHandler {
  return async (request, response) => {
    const id = organizationId.safeParse(request.params.id);
    if (!id.success) throw new AppError('not_found');
    const row = await database.organization.findUnique({ where: { id: id.data }, select: { privacy: true } });
    if (row === null) throw new AppError('not_found');
    const answer: OrganizationPrivacy = { privacy: readStoredPolicy(row.privacy) };
    response.json(answer);
  };
}
