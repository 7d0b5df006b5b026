import type { Action } from '@aggregator/contracts';
import type { Prisma } from '../generated/prisma/client.ts';
import { reachFor, type Standing } from '../permissions/standing.ts';

/** Returns which teams an action of the caller reaches: those of its organisation, those that it leads, or its own. */
export function teamsInReach(standing: Standing, action: Action): Prisma.TeamWhereInput & { organizationId: string } {
  const { organizationId, teamIds, ledTeamIds } = standing;
  if (reachFor(standing, action) === 'organization') return { organizationId };
  const ids = action === 'teams.read' ? teamIds : ledTeamIds;
  return { organizationId, AND: { id: { in: [...ids] } } };
}
