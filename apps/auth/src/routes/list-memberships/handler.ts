import type { MembershipList } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { membershipsPerUserMax } from '../../sessions/choose-organization.ts';

export function listMembershipsHandler({ database }: AuthContext): RequestHandler {
  return async (request, response) => {
    const { userId, orgId } = callerOf(request).principal;
    const rows = await database.membership.findMany({
      where: { userId },
      include: { organization: { select: { name: true } } },
      orderBy: { createdAt: 'asc' },
      take: membershipsPerUserMax,
    });
    const answer: MembershipList = {
      data: rows.map(({ organizationId, organization, role, createdAt }) => ({
        organizationId,
        organizationName: organization.name,
        role,
        joinedAt: createdAt.toISOString(),
        isCurrent: organizationId === orgId,
      })),
    };
    response.json(answer);
  };
}
