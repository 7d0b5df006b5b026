import { type invitationList, queryPage } from '@aggregator/contracts';
import { checkBody, principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { z } from 'zod';
import type { AuthContext } from '../../auth-context.ts';
import { openAt, toInvitation } from '../../invitations/to-invitation.ts';

const pageSize = 50;

export function listInvitationsHandler({ database, now }: AuthContext): RequestHandler {
  return async (request, response) => {
    const { cursor, limit = pageSize } = checkBody(queryPage, { ...request.query });
    const { orgId: organizationId } = principalOf(request);
    const rows = await database.invitation.findMany({
      where: { organizationId, ...openAt(now()), ...(cursor !== undefined && { id: { gt: cursor } }) },
      orderBy: { id: 'asc' },
      take: limit + 1,
    });
    const page = rows.slice(0, limit);
    const answer: z.infer<typeof invitationList> = {
      data: page.map(toInvitation),
      nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
    };
    response.json(answer);
  };
}
