import type { AdmissionStore } from '@aggregator/admission';
import { withDeadline } from '@aggregator/service-kit';
import type { Database, Transaction } from '../database/open-database.ts';
import type { BillingEvents } from '../events.ts';
import { lockOrganization } from '../ledger/accounts.ts';
import { postTransfers } from '../ledger/post-transfers.ts';
import { closeSpentLeases, regrantStranded, strandOldGranted } from './lease-rows.ts';
import { storeDeadlineMs } from './store-epoch.ts';

export interface StrandedReleaseOptions {
  database: Database;
  admission: AdmissionStore;
  events: BillingEvents;
  /** How long stranded money rests before it is looked at. */
  releaseMs: number;
  /** Age at which a granted lease is looked at in the same way. */
  reviewMs: number;
  /** Least time between two samples of one organisation. */
  sampleIntervalMs: number;
  /** Samples before anything is released. */
  samplesMin: number;
  /** Milliseconds; only differences count. */
  now(): number;
}

export interface StrandedRelease {
  /** Takes a sample of each organisation with money that has rested long enough; releases where there are enough of them. */
  step(): Promise<void>;
}

interface Samples {
  smallestSurplus: bigint;
  count: number;
  takenAtMs: number;
}

const organizationsMax = 100;

/**
 * Gives back money that was leased to a counter store which has lost its data, or forgotten a hold that nobody settled.
 *
 * What is leased and neither free nor held at the store is either lost there, or was spent and its charge is still on the
 * way. The second kind comes and goes, so the smallest of several samples is what is lost; and no more than what was marked
 * stranded is ever released. All errors lie on the side of leaving money leased: see the README.
 */
export function createStrandedRelease(options: StrandedReleaseOptions): StrandedRelease {
  const samples = new Map<string, Samples>();
  return {
    async step() {
      await strandOldGranted(options.database, options.reviewMs);
      const resting = await findResting(options.database, options.releaseMs);
      for (const orgId of samples.keys()) if (!resting.some((entry) => entry.orgId === orgId)) samples.delete(orgId);
      for (const { orgId, leased } of resting) {
        const taken = await takeSample(options, samples.get(orgId), orgId, leased);
        samples.set(orgId, taken);
        if (taken.count < options.samplesMin) continue;
        samples.delete(orgId);
        await release(options, orgId, taken.smallestSurplus);
      }
    },
  };
}

async function takeSample(
  { admission, sampleIntervalMs, now }: StrandedReleaseOptions,
  before: Samples | undefined,
  orgId: string,
  leased: bigint,
): Promise<Samples> {
  if (before !== undefined && now() - before.takenAtMs < sampleIntervalMs) return before;
  // The ledger was read first: a lease that is granted in between then makes the surplus look smaller, not larger.
  const credit = await withDeadline(admission.readCredit(orgId), storeDeadlineMs, 'reading credit');
  const surplus = leased - credit.creditNanoUsd - credit.heldNanoUsd;
  const smallest = before === undefined || surplus < before.smallestSurplus ? surplus : before.smallestSurplus;
  return { smallestSurplus: smallest, count: (before?.count ?? 0) + 1, takenAtMs: now() };
}

/**
 * Organisations all of whose stranded leases have rested long enough. One with a lease that is pending, or stranded of
 * late, waits: that money, too, would look like surplus.
 */
async function findResting(db: Database, releaseMs: number): Promise<{ orgId: string; leased: bigint }[]> {
  return db.$queryRaw`
    SELECT lease.org_id AS "orgId", account.balance AS leased
    FROM lease JOIN account ON account.org_id = lease.org_id AND account.kind = 'leased'
    WHERE lease.status <> 'closed' AND lease.org_id IN (SELECT org_id FROM lease WHERE status = 'stranded')
    GROUP BY lease.org_id, account.balance
    HAVING bool_and(status <> 'pending') AND max(stranded_at) <= now() - ${releaseMs} * interval '1 millisecond'
    ORDER BY max(stranded_at) LIMIT ${organizationsMax}`;
}

async function release(options: StrandedReleaseOptions, orgId: string, surplus: bigint): Promise<void> {
  const released = await options.database.$transaction(async (tx) => {
    const accounts = await lockOrganization(tx, orgId);
    const stranded = await sumStranded(tx, orgId, options.releaseMs);
    if (stranded === null) return 0n;
    const amountNanoUsd = max(0n, min(stranded, surplus, accounts.leased));
    if (amountNanoUsd > 0n) {
      await postTransfers(tx, [
        {
          debitAccount: accounts.leasedId,
          creditAccount: accounts.availableId,
          amountNanoUsd,
          reason: 'lease_returned',
          description: 'Returned: no longer at the counter store',
        },
      ]);
    }
    // What was not released is alive at the store or was spent: it counts as granted until charges have used it up.
    await regrantStranded(tx, orgId);
    await closeSpentLeases(tx, orgId, accounts.leased - amountNanoUsd);
    return amountNanoUsd;
  });
  if (released > 0n) options.events.strandedReleased({ orgId, amountNanoUsd: released });
}

/** What is marked stranded; null where a lease has come up that makes the samples worthless. */
async function sumStranded(tx: Transaction, orgId: string, releaseMs: number): Promise<bigint | null> {
  const [row] = await tx.$queryRaw<{ total: bigint; unripe: bigint }[]>`
    SELECT coalesce(sum(amount) FILTER (WHERE status = 'stranded'), 0)::bigint AS total,
      count(*) FILTER (WHERE status = 'pending' OR stranded_at > now() - ${releaseMs} * interval '1 millisecond') AS unripe
    FROM lease WHERE org_id = ${orgId}::uuid AND status <> 'closed'`;
  return row === undefined || row.unripe > 0n ? null : row.total;
}

function min(...values: bigint[]): bigint {
  return values.reduce((smallest, value) => (value < smallest ? value : smallest));
}

function max(left: bigint, right: bigint): bigint {
  return left > right ? left : right;
}
