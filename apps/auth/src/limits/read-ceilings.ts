import { AppError } from '@aggregator/contracts';
import type { Database, Transaction } from '../database/create-database.ts';
import type { InstallationLimits } from './installation-limits.ts';
import { type Ceilings, ceilingsOf } from './limits-in-force.ts';

/** Returns the ceilings of an organisation. Throws `not_found`. */
export async function readCeilings(
  database: Database | Transaction,
  organizationId: string,
  installation: InstallationLimits,
): Promise<Ceilings> {
  const row = await database.organization.findUnique({ where: { id: organizationId }, select: { ceilings: true } });
  if (row === null) throw new AppError('not_found');
  return ceilingsOf(row.ceilings, installation);
}
