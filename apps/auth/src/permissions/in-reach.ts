import type { Prisma } from '../generated/prisma/client.ts';
import { reachFor, type Standing } from './standing.ts';

/** Returns which API keys a caller manages: those of its organisation, of the teams that it leads, or its own. */
export function keysInReach(standing: Standing): Prisma.ApiKeyWhereInput {
  const { organizationId, userId, ledTeamIds } = standing;
  if (reachFor(standing, 'keys.manage') === 'organization') return { organizationId };
  return { organizationId, OR: [{ userId }, { teamId: { in: [...ledTeamIds] } }] };
}
