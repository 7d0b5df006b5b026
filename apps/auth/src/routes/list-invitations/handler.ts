import { type invitationList, queryPage } from '@aggregator/contracts';
import { checkBody, pageSize, principalOf, toPage } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { z } from 'zod';
import type { AuthContext } from '../../auth-context.ts';
import { openAt, toInvitation } from '../../invitations/to-invitation.ts';

export function listInvitationsHandler({ database, now }: AuthContext): RequestHandler {
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
