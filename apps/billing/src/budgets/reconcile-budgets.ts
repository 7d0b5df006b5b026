import { nameSubject } from '@aggregator/budgets';
import { createUuidV7, withDeadline } from '@aggregator/service-kit';
import type { Database } from '../database/open-database.ts';
import { issueMark } from '../finality/marks.ts';
import { storeDeadlineMs } from '../leases/store-epoch.ts';
import { finishTurn, takeTurn } from '../reconciliation/background-turn.ts';
import type { ReconcilerOptions } from '../reconciliation/reconciler.ts';
import { keptForMs } from './kept-for.ts';
import { type BudgetCursor, firstBudget, type OutstandingBudget, readOutstanding } from './outstanding-budgets.ts';

/** What of a budget was neither at the store nor spent at one moment, in nano-USD. */
interface Sample {
  surplus: bigint;
  /** All that had been spent or given back. */
  gone: bigint;
  /** Issued after the store was read. */
  mark: bigint;
}

type Options = Pick<ReconcilerOptions, 'database' | 'admission' | 'storeEpoch' | 'finality' | 'events'>;

const turnName = 'budgets';
const turnTtlMs = 30_000;
const pageMax = 1000;
const atOnceMax = 16;
const samplesMax = 20_000;
/** A grant that has not arrived after this is overtaken by another one of nothing. */
const grantMaxMs = 5000;

/**
 * Gives back what was allotted of a budget and is neither at the counter store nor spent, once no settlement of a request
 * that could have held it can follow: what a store lost, and the holds of requests that never came to an end.
 */
export function createBudgetReconciler(options: Options & { grantMaxMs?: number }) {
  const holder = createUuidV7();
  const samples = new Map<string, Sample>();
  let cursor: BudgetCursor = firstBudget;
  return {
    /** Compares one page of budgets; the pages go round. Rejects if a store does not answer. */
    async step(): Promise<void> {
      const { database, finality, storeEpoch } = options;
      if (!(await takeTurn(database, turnName, holder, turnTtlMs))) {
        samples.clear();
        return;
      }
      await finality.refresh();
      await storeEpoch.check();
      const page = await readOutstanding(database, cursor, pageMax);
      for (let at = 0; at < page.length; at += atOnceMax) {
        await reconcileSome(options, samples, page.slice(at, at + atOnceMax));
      }
      cursor = page.length < pageMax ? firstBudget : (page.at(-1) ?? firstBudget);
      if (cursor === firstBudget) await finishTurn(database, turnName, {});
    },
  };
}

async function reconcileSome(
  options: Options & { grantMaxMs?: number },
  samples: Map<string, Sample>,
  rows: readonly OutstandingBudget[],
): Promise<void> {
  const surpluses = await Promise.all(rows.map((row) => readSurplus(options, row)));
  const due = rows.flatMap((row, index) => {
    const surplus = surpluses[index] ?? null;
    if (surplus !== null && surplus > 0n) return [{ row, surplus }];
    samples.delete(nameSubject(row));
    return [];
  });
  if (due.length === 0) return;
  const mark = await issueMark(options.database);
  for (const { row, surplus } of due) {
    const name = nameSubject(row);
    const sample = samples.get(name);
    if (sample !== undefined && options.finality.judge({ mark: sample.mark, since: row.since }) !== null) continue;
    samples.delete(name);
    const returned = sample === undefined ? 0n : await giveBack(options.database, row, sample);
    if (returned > 0n) options.events.budgetReturned({ budgetId: row.budgetId, amountNanoUsd: returned });
    else if (samples.size < samplesMax) samples.set(name, { surplus, gone: row.spent + row.returned, mark });
  }
}

/** Null while a grant may be on its way to the store, which would look like surplus. */
async function readSurplus(
  { database, admission, events, grantMaxMs: waitMs = grantMaxMs }: Options & { grantMaxMs?: number },
  row: OutstandingBudget,
): Promise<bigint | null> {
  const { orgId } = row;
  const subject = nameSubject(row);
  const room = await withDeadline(admission.budgets.read({ orgId, subject }), storeDeadlineMs, 'reading a budget');
  if (room.revision !== row.revision) {
    if (room.revision < row.revision && row.grantedAgoMs > waitMs) await overtakeGrants({ database, admission }, row);
    return null;
  }
  const outstanding = row.allotted - row.spent;
  if (room.roomNanoUsd > outstanding) {
    // Nothing is known that leads here. Room that the ledger does not back is taken away.
    events.budgetUnbacked({ budgetId: row.budgetId, unbackedNanoUsd: room.roomNanoUsd - outstanding });
    await withDeadline(admission.budgets.empty({ orgId, subjects: [subject] }), storeDeadlineMs, 'emptying a budget');
  }
  // Below zero if a charge is posted whose hold is still open: the store ends it by time.
  return outstanding - room.roomNanoUsd - room.heldNanoUsd;
}

/** Grants nothing, under a new revision: the store takes no earlier grant after it. */
async function overtakeGrants(
  { database, admission }: Pick<Options, 'database' | 'admission'>,
  row: OutstandingBudget,
): Promise<void> {
  const { orgId, budgetId, period } = row;
  const [next] = await database.$queryRaw<{ revision: bigint; allotted: bigint; endsMs: number | null }[]>`
    UPDATE budget_period SET revision = revision + 1, granted_at = now()
    WHERE budget_id = ${budgetId}::uuid AND period = ${period}
    RETURNING revision, allotted, (extract(epoch FROM ends_at) * 1000)::float8 AS "endsMs"`;
  if (next === undefined) return;
  const grant = { orgId, subject: nameSubject(row), amountNanoUsd: 0n, allottedNanoUsd: next.allotted };
  const ttlMs = keptForMs(next.endsMs, Date.now());
  const granting = admission.budgets.grant({ ...grant, revision: next.revision, ttlMs });
  await withDeadline(granting, storeDeadlineMs, 'overtaking grants of a budget');
}

/**
 * Gives back the part of a sample's surplus that no request can need any more: all of it that was spent has been
 * counted since, together with what was spent later, so it is less under load. Two who give back at once give back
 * once.
 */
function giveBack(database: Database, { budgetId, period }: OutstandingBudget, sample: Sample): Promise<bigint> {
  return database.$transaction(async (tx) => {
    const [row] = await tx.$queryRaw<{ allotted: bigint; spent: bigint; returned: bigint }[]>`
      SELECT allotted, spent, returned FROM budget_period
      WHERE budget_id = ${budgetId}::uuid AND period = ${period} FOR UPDATE`;
    if (row === undefined) return 0n;
    const unspent = sample.surplus - (row.spent + row.returned - sample.gone);
    const outstanding = row.allotted - row.spent;
    const amountNanoUsd = unspent < outstanding ? unspent : outstanding;
    if (amountNanoUsd <= 0n) return 0n;
    await tx.$executeRaw`
      UPDATE budget_period SET allotted = allotted - ${amountNanoUsd}::bigint,
        returned = returned + ${amountNanoUsd}::bigint, updated_at = now()
      WHERE budget_id = ${budgetId}::uuid AND period = ${period}`;
    return amountNanoUsd;
  });
}
