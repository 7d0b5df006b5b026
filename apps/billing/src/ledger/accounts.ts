import type { Transaction } from '../database/open-database.ts';

/** The platform's own accounts; the migration opens them. */
export const platformAccounts = {
  revenue: 'ffffffff-ffff-4fff-bfff-fffffffffff1',
  cashClearing: 'ffffffff-ffff-4fff-bfff-fffffffffff2',
  promo: 'ffffffff-ffff-4fff-bfff-fffffffffff3',
  platformLoss: 'ffffffff-ffff-4fff-bfff-fffffffffff4',
  /** What providers may claim, and a person has yet to decide. */
  payableDisputed: 'ffffffff-ffff-4fff-bfff-fffffffffff5',
  /** Minus what requests cost us at their providers. */
  cogs: 'ffffffff-ffff-4fff-bfff-fffffffffff6',
  /** What is owed to providers for it. */
  payableProvider: 'ffffffff-ffff-4fff-bfff-fffffffffff7',
  /** On its way back to customers. */
  refunds: 'ffffffff-ffff-4fff-bfff-fffffffffff8',
  taxPayable: 'ffffffff-ffff-4fff-bfff-fffffffffff9',
} as const;
export type PlatformAccount = (typeof platformAccounts)[keyof typeof platformAccounts];

export interface OrganizationAccounts {
  availableId: string;
  leasedId: string;
  heldId: string;
  /** Nano-USD, as they are while the lock is held. */
  available: bigint;
  leased: bigint;
  held: bigint;
  /** Empty until the organisation has such an account. */
  promotionalId: string;
  receivableId: string;
  /** Given with an end; what is left of it. */
  promotional: bigint;
  /** Below zero by what the organisation owes: nothing is leased or held meanwhile. */
  receivable: bigint;
  /** All that ever left `leased`. */
  leasedDebited: bigint;
}

interface AccountRow {
  id: string;
  orgId: string | null;
  kind: string;
  balance: bigint;
  debited: bigint;
}

/**
 * Locks the accounts of organisations, and the platform's that are named, until the transaction ends: always in the order
 * of their ids, so that two transactions never wait for one another in a circle. Answers the organisations' accounts;
 * those of an organisation that was never opened are missing.
 * @param orgIds in lower case.
 */
export async function lockAccounts(
  tx: Transaction,
  orgIds: readonly string[],
  platform: readonly PlatformAccount[],
): Promise<Map<string, OrganizationAccounts>> {
  const rows = await tx.$queryRaw<AccountRow[]>`
    SELECT id, org_id AS "orgId", kind, balance, debited FROM account
    WHERE org_id = ANY (${orgIds}::uuid[]) OR id = ANY (${platform}::uuid[])
    ORDER BY id FOR NO KEY UPDATE`;
  return toOrganizationAccounts(rows);
}

/** The accounts of one organisation, which must have been opened, locked. */
export async function lockOrganization(
  tx: Transaction,
  orgId: string,
  platform: readonly PlatformAccount[] = [],
): Promise<OrganizationAccounts> {
  const accounts = (await lockAccounts(tx, [orgId], platform)).get(orgId);
  if (accounts === undefined) throw new Error(`organisation ${orgId} has no accounts`);
  return accounts;
}

/** What an organisation has; undefined where it was never seen. */
export async function readAccounts(db: Transaction, orgId: string): Promise<OrganizationAccounts | undefined> {
  const rows = await db.$queryRaw<AccountRow[]>`
    SELECT id, org_id AS "orgId", kind, balance, debited FROM account WHERE org_id = ${orgId}::uuid`;
  return toOrganizationAccounts(rows).get(orgId);
}

const unopened: OrganizationAccounts = {
  ...{ availableId: '', leasedId: '', heldId: '' },
  ...{ available: 0n, leased: 0n, held: 0n, leasedDebited: 0n },
  ...{ promotionalId: '', receivableId: '', promotional: 0n, receivable: 0n },
};

function toOrganizationAccounts(rows: readonly AccountRow[]): Map<string, OrganizationAccounts> {
  const accounts = new Map<string, OrganizationAccounts>();
  for (const { id, orgId, kind, balance, debited } of rows) {
    if (orgId === null) continue;
    const entry = accounts.get(orgId) ?? { ...unopened };
    accounts.set(orgId, entry);
    if (kind === 'available') Object.assign(entry, { availableId: id, available: balance });
    else if (kind === 'leased') Object.assign(entry, { leasedId: id, leased: balance, leasedDebited: debited });
    else if (kind === 'held') Object.assign(entry, { heldId: id, held: balance });
    else if (kind === 'promotional') Object.assign(entry, { promotionalId: id, promotional: balance });
    else if (kind === 'receivable') Object.assign(entry, { receivableId: id, receivable: balance });
  }
  return accounts;
}
