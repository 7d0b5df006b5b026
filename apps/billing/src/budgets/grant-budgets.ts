import type { AdmissionStore } from '@aggregator/admission';
import { nameSubject } from '@aggregator/budgets';
import { AppError, type BudgetGrantAnswer, type BudgetGrantRequest } from '@aggregator/contracts';
import { withDeadline } from '@aggregator/service-kit';
import type { Database, Transaction } from '../database/open-database.ts';
import { type StoreEpoch, storeDeadlineMs } from '../leases/store-epoch.ts';
import { type BudgetRow, lockBudgets, usedOf } from './budget-rows.ts';
import { keptForMs } from './kept-for.ts';
import { sizeGrant } from './size-grant.ts';

export interface GrantContext {
  readonly database: Database;
  readonly admission: AdmissionStore;
  readonly storeEpoch: StoreEpoch;
}

type Wanted = BudgetGrantRequest['budgets'][number];
type Answer = BudgetGrantAnswer['budgets'][number];

interface Grant {
  wanted: Wanted;
  /** After the grant. */
  row: BudgetRow;
  amountNanoUsd: bigint;
}

/** Where proxies ask for room of budgets. */
export interface BudgetDesk {
  /** @throws {AppError} `billing_unavailable` */
  grant(request: BudgetGrantRequest): Promise<Answer[]>;
}

/**
 * One call at a time for each organisation: the counter store takes no grant that a later one has passed, so two on their
 * way at once could lose one.
 */
export function createBudgetDesk(context: GrantContext, now: () => number = Date.now): BudgetDesk {
  const last = new Map<string, Promise<unknown>>();
  return {
    async grant(request) {
      const orgId = request.orgId.toLowerCase();
      const before = last.get(orgId) ?? Promise.resolve();
      const answer = before.then(
        () => grantBudgets(context, orgId, request.budgets, now()),
        () => grantBudgets(context, orgId, request.budgets, now()),
      );
      last.set(orgId, answer);
      try {
        return await answer;
      } finally {
        if (last.get(orgId) === answer) last.delete(orgId);
      }
    },
  };
}

/**
 * Allots room in the ledger, commits, and only then grants it at the counter store: a crash in between strands room, which is
 * given back as all that the store has lost, and never makes any.
 */
async function grantBudgets(
  { database, admission, storeEpoch }: GrantContext,
  orgId: string,
  wanted: readonly Wanted[],
  nowMs: number,
): Promise<Answer[]> {
  try {
    // What a store of another epoch still has is taken away first.
    await storeEpoch.check();
    const grants = await database.$transaction((tx) => allot(tx, orgId, wanted));
    await Promise.all(
      grants.filter(({ amountNanoUsd }) => amountNanoUsd > 0n).map((grant) => give(admission, orgId, grant, nowMs)),
    );
    return grants.map(({ row, amountNanoUsd }) => ({
      result: amountNanoUsd > 0n ? 'granted' : 'exceeded',
      spentNanoUsd: row.spent.toString(),
      usedNanoUsd: usedOf(row).toString(),
    }));
  } catch (cause) {
    throw new AppError('billing_unavailable', { internal: 'no room of a budget granted', cause, retryAfterMs: 1000 });
  }
}

async function allot(tx: Transaction, orgId: string, wanted: readonly Wanted[]): Promise<Grant[]> {
  const subjects = wanted.map(({ id, period, endsAt }) => ({ budgetId: id.toLowerCase(), period, endsAt }));
  const rows = await lockBudgets(tx, orgId, subjects);
  const grants: Grant[] = [];
  for (const [index, one] of wanted.entries()) {
    const subject = subjects[index];
    const row = subject && rows.get(nameSubject(subject));
    if (subject === undefined || row === undefined) throw new Error(`budget ${one.id} is of another organisation`);
    const leftNanoUsd = BigInt(one.limitNanoUsd) - usedOf(row);
    const amountNanoUsd = sizeGrant({ neededNanoUsd: BigInt(one.neededNanoUsd), leftNanoUsd });
    if (amountNanoUsd > 0n) {
      row.allotted = (row.allotted > row.spent ? row.allotted : row.spent) + amountNanoUsd;
      row.revision += 1n;
      await tx.$executeRaw`
        UPDATE budget_period SET allotted = ${row.allotted}::bigint, revision = ${row.revision}::bigint,
          ends_at = ${subject.endsAt}::timestamptz, granted_at = now(), updated_at = now()
        WHERE budget_id = ${subject.budgetId}::uuid AND period = ${subject.period}`;
    }
    grants.push({ wanted: one, row, amountNanoUsd });
  }
  return grants;
}

async function give(admission: AdmissionStore, orgId: string, grant: Grant, nowMs: number): Promise<void> {
  const { row, amountNanoUsd, wanted } = grant;
  const endsMs = wanted.endsAt === null ? null : Date.parse(wanted.endsAt);
  const taking = admission.budgets.grant({
    ...{ orgId, subject: nameSubject(row), amountNanoUsd, allottedNanoUsd: row.allotted, revision: row.revision },
    ttlMs: keptForMs(endsMs, nowMs),
  });
  await withDeadline(taking, storeDeadlineMs, 'granting room of a budget');
}
