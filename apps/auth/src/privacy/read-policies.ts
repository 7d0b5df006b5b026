import type { Principal, PrivacyPolicy } from '@aggregator/contracts';
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

/**
 * What the principal's key itself wants to be masked, without its organisation's policy. That one is not handed on: a key
 * would go on with it after its organisation has given it up.
 */
export async function readOwnPolicy(transaction: Transaction, principal: Principal): Promise<PrivacyPolicy | null> {
  const { keyId, orgId: organizationId } = principal;
  if (keyId === null) return null;
  const row = await transaction.apiKey.findFirst({ where: { id: keyId, organizationId }, select: { privacy: true } });
  return row === null ? (principal.privacy ?? null) : readStoredPolicy(row.privacy);
}
