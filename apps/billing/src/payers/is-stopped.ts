import type { Transaction } from '../database/open-database.ts';
import { type OrganizationAccounts, payerOf } from '../ledger/accounts.ts';

/**
 * True if nothing may be leased or held for an organisation: what a bank took back is owed first, and a payer that is leaving pays for
 * no new request. The accounts must be locked.
 */
export async function isStopped(tx: Transaction, accounts: OrganizationAccounts): Promise<boolean> {
  if (accounts.purse.receivable < 0n) return true;
  if (payerOf(accounts) === null) return false;
  const paid = await tx.paidOrganization.findUnique({ where: { orgId: accounts.orgId }, select: { state: true } });
  return paid?.state !== 'attached';
}
