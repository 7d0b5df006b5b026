import type { AdmissionStore } from '@aggregator/admission';
import { createUuidV7, withDeadline } from '@aggregator/service-kit';
import type { Database } from '../database/open-database.ts';
import type { BillingEvents } from '../events.ts';
import type { Finality } from '../finality/finality.ts';
import { issueMark } from '../finality/marks.ts';
import { type StoreEpoch, storeDeadlineMs } from '../leases/store-epoch.ts';
import { finishTurn, readTurn, takeTurn } from './background-turn.ts';
import { type LeasedAccount, readLeasedAccounts, readLeasedNow } from './leased-accounts.ts';
import { noteOutcome } from './note-outcome.ts';
import { readTotals, Totals, toJson } from './reconciled-totals.ts';
import { returnSurplus, type Sample } from './return-surplus.ts';
import { UnbackedCredit } from './unbacked-credit.ts';

export interface ReconcilerOptions {
  database: Database;
  admission: AdmissionStore;
  storeEpoch: StoreEpoch;
  finality: Finality;
  events: BillingEvents;
  /** How long stranded leases rest before they are looked at. */
  restMs: number;
  clock: () => Date;
  /** Organisations in one step; 2,000 unless given. */
  organizationsMax?: number;
}

export interface Reconciler {
  /** Compares one page of organisations; the pages go round. Rejects, and changes nothing, if a store does not answer. */
  step(): Promise<void>;
}

const turnName = 'reconciliation';
const turnTtlMs = 30_000;
const atOnceMax = 16;
/** A round that found nothing is noted so often. */
const quietNoteMs = 60_000;
const firstCursor = '00000000-0000-0000-0000-000000000000';
const samplesMax = 20_000;

/**
 * R1: keeps the counter store's credit and holds within what the ledger has leased. Credit above it is taken away at once.
 * Leased money that is neither at the store nor owed to a settlement goes back to the balance, once that is proven.
 */
export function createReconciler(options: ReconcilerOptions): Reconciler {
  const holder = createUuidV7();
  const samples = new Map<string, Sample>();
  const credit = new UnbackedCredit();
  let cursor = firstCursor;
  let totals = new Totals();
  let quietUntilMs = 0;
  const limit = options.organizationsMax ?? 2000;

  return {
    async step() {
      const { database, events, restMs } = options;
      if (await takeTurn(database, turnName, holder, turnTtlMs)) {
        // Without a sample no proof is waited for. With one, the event log is read before the accounts.
        if (samples.size > 0) await options.finality.refresh();
        // A store that has lost its data is known as such before its credit is compared.
        await options.storeEpoch.check();
        const page = await readLeasedAccounts(database, { cursor, limit, restMs });
        for (let at = 0; at < page.length; at += atOnceMax) {
          await reconcileSome(options, { samples, credit, totals }, page.slice(at, at + atOnceMax));
        }
        cursor = page.length < limit ? firstCursor : (page.at(-1)?.orgId ?? firstCursor);
        if (cursor === firstCursor) {
          const nowMs = options.clock().getTime();
          if (totals.unbacked.size > 0 || nowMs >= quietUntilMs) {
            await noteRound(options, totals);
            quietUntilMs = nowMs + quietNoteMs;
          }
          const result = toJson(totals);
          await finishTurn(database, turnName, result);
          totals = new Totals();
          // What was just noted needs no reading.
          return events.reconciled(readTotals(result), 0);
        }
      } else {
        samples.clear();
        credit.clear();
      }
      const last = await readTurn(database, turnName);
      if (last !== null) events.reconciled(readTotals(last.result), last.ageMs);
    },
  };
}

/** Credit that the ledger did not back may have been spent: a person looks at it. What came back as surplus is no fault. */
async function noteRound({ database, events, clock }: ReconcilerOptions, totals: Totals): Promise<void> {
  const now = clock();
  const found = [...totals.unbacked].map(([orgId, nanoUsd]) => ({
    ...{ orgId, subject: `credit without a lease at ${now.toISOString()}` },
    details: { unbackedNanoUsd: `${nanoUsd}` },
  }));
  const facts = { unreconciledNanoUsd: `${totals.unreconciledNanoUsd}` };
  events.differencesFound('leases', await noteOutcome(database, now, 'leases', { found, facts }));
}

async function reconcileSome(
  options: ReconcilerOptions,
  { samples, credit, totals }: { samples: Map<string, Sample>; credit: UnbackedCredit; totals: Totals },
  accounts: readonly LeasedAccount[],
): Promise<void> {
  const looks = await Promise.all(accounts.map((account) => look(options, account, credit, totals)));
  const due = looks.filter(({ surplus, account }) => surplus > 0n || account.stranded > 0n);
  for (const { account } of looks) if (!due.some((other) => other.account === account)) samples.delete(account.orgId);
  if (due.length === 0) return;
  // After every reading of the store, so that one mark serves them all.
  const mark = await issueMark(options.database);
  for (const { account, surplus } of due) await decide(options, samples, { account, surplus, mark }, totals);
}

/** Reads the store, and takes away what the ledger does not back. */
async function look(
  { database, admission, events }: ReconcilerOptions,
  account: LeasedAccount,
  credit: UnbackedCredit,
  totals: Totals,
): Promise<{ account: LeasedAccount; surplus: bigint }> {
  const { orgId, leased, debited } = account;
  const { creditNanoUsd, heldNanoUsd } = await withDeadline(
    admission.readCredit(orgId),
    storeDeadlineMs,
    'reading credit',
  );
  const atStore = creditNanoUsd + heldNanoUsd;
  if (atStore <= leased) {
    credit.backed(orgId, debited);
    return { account, surplus: leased - atStore };
  }
  // Leases of this moment are in the second reading; what left the account in between was at the store when it was read.
  const now = await readLeasedNow(database, orgId);
  const unbacked = now === undefined ? 0n : atStore - now.leased - (now.debited - debited);
  if (now !== undefined && unbacked > 0n) {
    const maxNanoUsd = unbacked < creditNanoUsd ? unbacked : creditNanoUsd;
    const reclaim = admission.reclaimCredit({ orgId, maxNanoUsd });
    const reclaimedNanoUsd = maxNanoUsd > 0n ? await withDeadline(reclaim, storeDeadlineMs, 'reclaiming credit') : 0n;
    const facts = { unbacked, debited, asked: maxNanoUsd, reclaimed: reclaimedNanoUsd };
    totals.addUnreconciled(unbacked);
    if (credit.isDifference(orgId, facts)) totals.addUnbacked(orgId, unbacked);
    events.creditUnbacked({ orgId, unbackedNanoUsd: unbacked, reclaimedNanoUsd });
  } else credit.backed(orgId, debited);
  return { account, surplus: 0n };
}

/** Returns a surplus that is proven, or notes why it waits. */
async function decide(
  { database, finality, events, restMs }: ReconcilerOptions,
  samples: Map<string, Sample>,
  { account, surplus, mark }: { account: LeasedAccount; surplus: bigint; mark: bigint },
  totals: Totals,
): Promise<void> {
  const { orgId, debited, pending, stranded, isResting, since } = account;
  // Money of a lease that may yet be granted looks like surplus, and so does what was lost a moment ago.
  if (pending > 0n || isResting) {
    samples.delete(orgId);
    totals.addWaiting(isResting ? 'resting' : 'pending', surplus);
    return;
  }
  const sample = samples.get(orgId);
  const waiting = sample === undefined ? 'in_transit' : finality.judge({ mark: sample.mark, since });
  if (sample !== undefined && waiting === null) {
    samples.delete(orgId);
    const unspent = sample.surplus - (debited - sample.debited);
    if (unspent > 0n || stranded > 0n) {
      const returned = await returnSurplus(database, sample, restMs);
      totals.addUnreconciled(returned);
      events.surplusReturned({ orgId, amountNanoUsd: returned });
      return;
    }
  }
  totals.addWaiting(waiting ?? 'in_transit', surplus);
  if (waiting === null || sample === undefined) {
    if (samples.size < samplesMax) samples.set(orgId, { orgId, surplus, debited, mark });
  }
}
