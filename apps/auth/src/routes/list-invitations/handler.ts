import { type invitationList, queryPage } from '@aggregator/contracts';
import { checkBody, pageSize, principalOf, toPage } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { z } from 'zod';
import { openAt, toInvitation } from '../../invitations/to-invitation.ts';
import type { ReadContext } from '../../tenants/tenant-reads.ts';

export function listInvitationsHandler({ database, now }: ReadContext): RequestHandler {
  return async (request, response) => {
    const { cursor, limit = pageSize } = checkBody(queryPage, { ...request.query });
    const { orgId: organizationId } = principalOf(request);
    const rows = await database.invitation.findMany({
      where: { organizationId, ...openAt(now()), ...(cursor !== undefined && { id: { gt: cursor } }) },
      orderBy: { id: 'asc' },
      take: limit + 1,
    });
    response.json(toPage(rows, limit, ({ id }) => id, toInvitation) satisfies z.infer<typeof invitationList>);
  };
}
