import type { AdmissionStore } from '@aggregator/admission';
import { AppError } from '@aggregator/contracts';
import { createUuidV7, withDeadline } from '@aggregator/service-kit';
import type { Database, Transaction } from '../database/open-database.ts';
import type { BillingEvents } from '../events.ts';
import { lockOrganization, readAccounts } from '../ledger/accounts.ts';
import { type MinuteLimit, takeOfMinute } from '../ledger/minute-limit.ts';
import { openAccounts } from '../ledger/open-accounts.ts';
import { postTransfers } from '../ledger/post-transfers.ts';
import type { OrganizationDirectory } from '../organizations/directory.ts';
import { isStopped } from '../payers/is-stopped.ts';
import { drawPromotional } from '../promotional-credits/draw-promotional.ts';
import { closeSpentLeases, insertPendingLease, markGranted, type OpenLease } from './lease-rows.ts';
import { sizeLease } from './size-lease.ts';
import { type StoreEpoch, storeDeadlineMs } from './store-epoch.ts';

export interface LeaseContext {
  readonly database: Database;
  readonly admission: AdmissionStore;
  readonly storeEpoch: StoreEpoch;
  readonly events: BillingEvents;
  readonly organizations: OrganizationDirectory;
  readonly config: {
    readonly leaseTargetNanoUsd: bigint;
    readonly signUpCreditNanoUsd: bigint;
    readonly chargeMinuteMaxNanoUsd: bigint;
  };
}

/**
 * Moves money `available → leased`, commits, and only then grants it as credit at the counter store: a crash in between
 * leaves money leased that no proxy can spend, which is found again, and never credit without money. Null where the
 * balance does not cover what is needed; a limit where the organisation was granted all that one minute allows.
 * @param orgId in lower case.
 * @throws {AppError} `billing_unavailable` where the ledger or the counter store does not answer.
 */
export async function grantLease(
  context: LeaseContext,
  orgId: string,
  needed: bigint,
): Promise<OpenLease | MinuteLimit | null> {
  const lease = await postLease(context, orgId, needed).catch((cause: unknown) => {
    // An organisation that does not exist has no balance.
    if (cause instanceof AppError && cause.code === 'not_found') return null;
    throw unavailable('no lease could be posted', cause);
  });
  if (lease === null || 'retryAfterMs' in lease) return lease;
  try {
    await grantCredit(context, lease);
  } catch (cause) {
    // Whether the store has taken it is unknown. The lease stays pending and is granted again, under the same id.
    context.events.leaseGrantFailed({ leaseId: lease.id, orgId, error: cause });
    throw unavailable('the lease could not be granted', cause);
  }
  return lease;
}

/** Grants a posted lease at the counter store, which takes each lease once, and notes that it did. */
export async function grantCredit(
  { admission, database }: Pick<LeaseContext, 'admission' | 'database'>,
  lease: OpenLease,
): Promise<void> {
  const grant = { orgId: lease.orgId, leaseId: lease.id, amountNanoUsd: lease.amountNanoUsd };
  await withDeadline(admission.grantCredit(grant), storeDeadlineMs, 'granting credit');
  await markGranted(database, lease.id);
}

async function postLease(
  context: LeaseContext,
  orgId: string,
  needed: bigint,
): Promise<OpenLease | MinuteLimit | null> {
  const { database, config } = context;
  const { signUpCreditNanoUsd } = config;
  const isOpened = await openAccounts(database, orgId, { signUpCreditNanoUsd, organizations: context.organizations });
  if (isOpened) context.events.accountsOpened([orgId]);
  // Before any money moves: without the store a lease would only be stranded.
  const epoch = await context.storeEpoch.check();
  const shortfallAllowance = await readIdleCredit(context, orgId, needed);
  return database.$transaction((tx) => moveToLeased(tx, { orgId, needed, epoch, idle: shortfallAllowance }, config));
}

async function moveToLeased(
  tx: Transaction,
  question: { orgId: string; needed: bigint; epoch: string; idle: bigint },
  config: LeaseContext['config'],
): Promise<OpenLease | MinuteLimit | null> {
  const { orgId, needed, epoch, idle } = question;
  const accounts = await lockOrganization(tx, orgId);
  if (await isStopped(tx, accounts)) return null;
  const { purse } = accounts;
  // Promotional credit is spent first, to within one lease.
  const available = purse.available + purse.promotional;
  // Idle credit counts too, or the end of a balance could not be spent: then all that is left is leased.
  const size = sizeLease({ needed, available, target: config.leaseTargetNanoUsd });
  const wantedNanoUsd = size ?? (available > 0n && available + idle >= needed ? available : null);
  if (wantedNanoUsd === null) return null;
  const leastNanoUsd = size === null ? wantedNanoUsd : needed;
  const maxNanoUsd = config.chargeMinuteMaxNanoUsd;
  const amountNanoUsd = await takeOfMinute(tx, orgId, { leastNanoUsd, wantedNanoUsd, maxNanoUsd });
  if (typeof amountNanoUsd !== 'bigint') return amountNanoUsd;
  const lease: OpenLease = { id: createUuidV7(), orgId, amountNanoUsd, epoch };
  await drawPromotional(tx, purse, amountNanoUsd);
  await postTransfers(tx, [
    {
      debitAccount: purse.availableId,
      creditAccount: accounts.leasedId,
      amountNanoUsd,
      reason: 'lease',
      leaseId: lease.id,
      description: 'Leased to the counter store',
    },
  ]);
  await insertPendingLease(tx, lease);
  await closeSpentLeases(tx, orgId, accounts.leased + amountNanoUsd);
  return lease;
}

/** Credit that the organisation has at the counter store; asked for only where its balance alone does not cover the need. */
async function readIdleCredit({ database, admission }: LeaseContext, orgId: string, needed: bigint): Promise<bigint> {
  const purse = (await readAccounts(database, orgId))?.purse;
  const available = (purse?.available ?? 0n) + (purse?.promotional ?? 0n);
  if (available >= needed || available === 0n) return 0n;
  return (await withDeadline(admission.readCredit(orgId), storeDeadlineMs, 'reading credit')).creditNanoUsd;
}

function unavailable(internal: string, cause: unknown): AppError {
  return new AppError('billing_unavailable', { internal, cause, retryAfterMs: 1000 });
}
