import { AppError } from '@aggregator/contracts';
import type { Transaction } from '../database/create-database.ts';
import { reachFor, type Standing } from '../permissions/standing.ts';

/**
 * Returns the user that a new key belongs to: the caller, or a service account of its organisation.
 * @throws {AppError} `insufficient_permissions` if the caller manages its own keys alone; `not_found`
 */
export async function readKeyOwner(
  transaction: Transaction,
  standing: Standing,
  serviceAccountId: string | undefined,
): Promise<string> {
  if (serviceAccountId === undefined) return standing.userId;
  if (reachFor(standing, 'keys.manage') !== 'organization') {
    const message = 'Your role makes API keys for yourself alone.';
    throw new AppError('insufficient_permissions', { param: 'serviceAccountId', message });
  }
  const found = await transaction.membership.findFirst({
    where: { organizationId: standing.organizationId, userId: serviceAccountId, user: { isServiceAccount: true } },
  });
  if (found === null) throw new AppError('not_found', { param: 'serviceAccountId' });
  return found.userId;
}

/** Checks that a key's team is one of the caller's, or of its organisation if it manages all keys. Throws `not_found`. */
export async function refuseForeignTeam(
  transaction: Transaction,
  standing: Standing,
  teamId: string | undefined,
): Promise<void> {
  if (teamId === undefined || standing.teamIds.includes(teamId)) return;
  const { organizationId } = standing;
  const isInReach = reachFor(standing, 'keys.manage') === 'organization';
  const found = isInReach ? await transaction.team.findFirst({ where: { id: teamId, organizationId } }) : null;
  if (found === null) throw new AppError('not_found', { param: 'teamId' });
}
