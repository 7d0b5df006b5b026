import { AppError, type BudgetLevel } from '@aggregator/contracts';
import type { Transaction } from '../database/create-database.ts';

/** Throws `not_found` for a subject of a budget or of a limit that is not of the organisation. */
export async function requireOwnSubject(
  transaction: Transaction,
  organizationId: string,
  level: BudgetLevel,
  id: string,
): Promise<void> {
  if (!(await isOwn(transaction, organizationId, level, id))) throw new AppError('not_found', { param: 'subjectId' });
}

async function isOwn(
  transaction: Transaction,
  organizationId: string,
  level: BudgetLevel,
  id: string,
): Promise<boolean> {
  const where = { id, organizationId };
  switch (level) {
    case 'organization':
      return id === organizationId;
    case 'team':
      return (await transaction.team.count({ where })) === 1;
    case 'user':
      return (await transaction.membership.count({ where: { organizationId, userId: id } })) === 1;
    case 'key':
      return (await transaction.apiKey.count({ where })) === 1;
    case 'end_user':
      return id === organizationId || (await transaction.apiKey.count({ where })) === 1;
  }
}
