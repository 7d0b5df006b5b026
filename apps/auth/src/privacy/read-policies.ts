import type { PrivacyPolicy } from '@aggregator/contracts';
import type { Transaction } from '../database/create-database.ts';
import { readStoredPolicy } from './stored-policy.ts';

/** What an organisation wants to be masked. */
export async function readOrganizationPolicy(
  transaction: Transaction,
  organizationId: string,
): Promise<PrivacyPolicy | null> {
  const row = await transaction.organization.findUnique({ where: { id: organizationId }, select: { privacy: true } });
  return readStoredPolicy(row?.privacy ?? null);
}
