import { AppError } from '@aggregator/contracts';
import type { Database } from '../database/create-database.ts';

/** Most organisations that one user can belong to. */
export const membershipsPerUserMax = 100;

/**
 * Returns the organisation that access tokens of a user are for: the wanted one, else the user's first that is not blocked.
 * @throws {AppError} `access_blocked`; `insufficient_permissions` if the user is no member there, or nowhere
 */
export async function chooseOrganization(
  database: Database,
  user: { id: string; organizationId: string },
  wanted: string | undefined,
): Promise<string> {
  const rows = await database.membership.findMany({
    where: { userId: user.id, ...(wanted !== undefined && { organizationId: wanted }) },
    select: { organizationId: true, organization: { select: { blockedAt: true } } },
    orderBy: { createdAt: 'asc' },
    take: membershipsPerUserMax,
  });
  if (rows.length === 0) {
    const where = wanted === undefined ? 'any organisation. Ask for an invitation.' : 'that organisation.';
    throw new AppError('insufficient_permissions', { message: `You are not a member of ${where}` });
  }
  const open = rows.filter(({ organization }) => organization.blockedAt === null);
  const chosen = open.find(({ organizationId }) => organizationId === user.organizationId) ?? open[0];
  if (chosen === undefined) throw new AppError('access_blocked');
  return chosen.organizationId;
}
