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

/** Where money is free to be spent. */
export interface Purse {
  orgId: string;
  availableId: string;
  /** Nano-USD, as it is while the lock is held. */
  available: bigint;
  /** Ids are empty until the organisation has such an account. */
  promotionalId: string;
  receivableId: string;
  creditLineId: string;
  /** Given with an end; what is left of it. */
  promotional: bigint;
  /** Below zero by what the organisation owes: nothing is leased or held meanwhile. */
  receivable: bigint;
  /** Below zero by the credit limit, which is part of `available`. */
  creditLine: bigint;
}

/** An organisation's own purse, and its accounts `leased` and `held`, which are money of `purse`. */
export interface OrganizationAccounts extends Purse {
  leasedId: string;
  heldId: string;
  leased: bigint;
  held: bigint;
  /** All that ever left `leased`. */
  leasedDebited: bigint;
  /**
   * The purse that requests are paid from: that of the payer, or the organisation's own, which is this very object. Organisations with
   * one payer share one object. Top-ups, refunds, fees and credits are of the own purse.
   */
  purse: Purse;
}

interface AccountRow {
  id: string;
  orgId: string | null;
  payerId: string | null;
  kind: string;
  balance: bigint;
  debited: bigint;
}

/**
 * Locks the accounts of organisations and of their payers, and the platform's that are named, until the transaction ends: always in
 * the order of their ids, so that two transactions never wait for one another in a circle. The lock of `available` covers all
 * accounts of its organisation, so nothing may change a balance without this function. Returns the organisations' accounts; those
 * of an organisation that was never opened are missing.
 * @param orgIds in lower case.
 */
export async function lockAccounts(
  tx: Transaction,
  orgIds: readonly string[],
  platform: readonly PlatformAccount[],
): Promise<Map<string, OrganizationAccounts>> {
  const [answer] = await tx.$queryRaw<{ found: string }[]>`
    SELECT lock_accounts(${orgIds}::uuid[], ${platform}::uuid[]) AS found`;
  const rows = (JSON.parse(answer?.found ?? '[]') as LockedRow[]).map(toAccountRow);
  const isLocked = new Set(rows.map(({ orgId }) => orgId));
  const unlocked = rows.find(({ payerId }) => payerId !== null && !isLocked.has(payerId));
  // A change of the payer that did not wait for the accounts: the caller's work must be done again.
  if (unlocked !== undefined) throw new Error(`the accounts of payer ${unlocked.payerId} are not locked`);
  return toOrganizationAccounts(orgIds, rows);
}

/** Other transactions queue behind one that waits for this lock. */
const payersWaitMs = 2000;

/**
 * Waits until no transaction has accounts locked, and lets none lock them until this one ends. Call it before `payer_id`
 * is set. Rejects as a database that failed if that takes too long, so that what queues behind it continues.
 */
export async function lockPayers(tx: Transaction, waitMs = payersWaitMs): Promise<void> {
  await tx.$executeRaw`SELECT set_config('lock_timeout', ${`${waitMs}ms`}, true)`;
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('change of a payer'))`;
}

/** Values of a row of `lock_accounts`, in its order. */
type LockedRow = [
  id: string,
  orgId: string | null,
  payerId: string | null,
  kind: string,
  balance: string,
  debited: string,
];

function toAccountRow([id, orgId, payerId, kind, balance, debited]: LockedRow): AccountRow {
  return { id, orgId, payerId, kind, balance: BigInt(balance), debited: BigInt(debited) };
}

/** The accounts of one organisation, which must have been opened, locked with those of its payer. */
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
    SELECT id, org_id AS "orgId", payer_id AS "payerId", kind, balance, debited FROM account
    WHERE org_id = ${orgId}::uuid
      OR org_id = ANY (ARRAY(SELECT payer_id FROM account WHERE org_id = ${orgId}::uuid AND payer_id IS NOT NULL))`;
  return toOrganizationAccounts([orgId], rows).get(orgId);
}

/** The payer of an organisation; null if it pays for itself. */
export function payerOf(accounts: OrganizationAccounts): string | null {
  return accounts.purse === accounts ? null : accounts.purse.orgId;
}

/** What is free and was paid in: the balance without the credit limit. */
export function prepaidOf({ available, creditLine }: Purse): bigint {
  const prepaid = available + creditLine;
  return prepaid > 0n ? prepaid : 0n;
}

const fields = {
  available: 'availableId',
  leased: 'leasedId',
  held: 'heldId',
  promotional: 'promotionalId',
  receivable: 'receivableId',
  credit_line: 'creditLineId',
} as const;

function toUnopened(orgId: string): OrganizationAccounts {
  const purse: Purse = {
    ...{ orgId, availableId: '', promotionalId: '', receivableId: '', creditLineId: '' },
    ...{ available: 0n, promotional: 0n, receivable: 0n, creditLine: 0n },
  };
  const accounts = { ...purse, leasedId: '', heldId: '', leased: 0n, held: 0n, leasedDebited: 0n, purse };
  accounts.purse = accounts;
  return accounts;
}

function toOrganizationAccounts(
  orgIds: readonly string[],
  rows: readonly AccountRow[],
): Map<string, OrganizationAccounts> {
  const all = new Map<string, OrganizationAccounts>();
  const of = (orgId: string) => {
    const known = all.get(orgId) ?? toUnopened(orgId);
    all.set(orgId, known);
    return known;
  };
  for (const { id, orgId, payerId, kind, balance, debited } of rows) {
    if (orgId === null || !(kind in fields)) continue;
    const entry = of(orgId);
    entry[fields[kind as keyof typeof fields]] = id;
    if (kind === 'available') entry.available = balance;
    else if (kind === 'leased') Object.assign(entry, { leased: balance, leasedDebited: debited });
    else if (kind === 'held') entry.held = balance;
    else if (kind === 'promotional') entry.promotional = balance;
    else if (kind === 'receivable') entry.receivable = balance;
    else if (kind === 'credit_line') entry.creditLine = balance;
    if (payerId !== null) entry.purse = of(payerId);
  }
  const wanted = new Set(orgIds);
  return new Map([...all].filter(([orgId]) => wanted.has(orgId)));
}
