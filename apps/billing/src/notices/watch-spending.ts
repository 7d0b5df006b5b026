import { eachApart } from '../background/each-apart.ts';
import type { Database } from '../database/open-database.ts';
import type { WatchContext } from './watch-balances.ts';
import { raise } from './write-notice.ts';

const linesMax = 20_000;
const perStep = 200;
/** Lines get their ids before they are committed: far above the longest transaction. */
const youngMinutes = 2;
const dayMs = 86_400_000;
const keptDays = 40;
/** Spending of a day is unusual above this, in nano-USD, and above so many times the mean of the days before. */
const leastNanoUsd = 5_000_000_000n;
const factor = 3n;
/** The mean is of so many days, of which an organisation must have spent on some. */
const daysBefore = 7;
const spentDaysMin = 3;

/** Counts new charges by organisation and day in UTC. Each line is counted once. Returns how many lines were counted. */
async function countSpending(database: Database): Promise<number> {
  const [counted] = await database.$queryRaw<{ lines: bigint }[]>`
    WITH progress AS (SELECT up_to FROM spending_progress WHERE id = 1 FOR UPDATE),
    slice AS (
      SELECT statement_line.id, org_id, type, amount, time FROM progress, statement_line
      WHERE statement_line.id > up_to ORDER BY statement_line.id LIMIT ${linesMax}
    ), young AS (
      SELECT id FROM slice WHERE time > now() - ${youngMinutes} * interval '1 minute' ORDER BY id LIMIT 1
    ), old AS (
      SELECT * FROM slice WHERE NOT EXISTS (SELECT FROM young) OR id < (SELECT id FROM young)
    ), added AS (
      INSERT INTO spending_day (org_id, day, spent)
      SELECT org_id, (time AT TIME ZONE 'UTC')::date, -sum(amount) FROM old WHERE type = 'charge' GROUP BY 1, 2 ORDER BY 1, 2
      ON CONFLICT (day, org_id) DO UPDATE SET spent = spending_day.spent + excluded.spent
    ), moved AS (
      UPDATE spending_progress SET up_to = (SELECT id FROM old ORDER BY id DESC LIMIT 1)
      WHERE id = 1 AND EXISTS (SELECT FROM old)
    )
    SELECT count(*) AS lines FROM old`;
  return Number(counted?.lines ?? 0n);
}

/** Warns of a day on which far more is spent than on the days before, once for each day. */
export async function watchSpending({ database, events, clock }: WatchContext): Promise<void> {
  const now = clock();
  while ((await countSpending(database)) === linesMax);
  const day = now.toISOString().slice(0, 10);
  const from = new Date(Date.parse(day) - daysBefore * dayMs).toISOString().slice(0, 10);
  const unusual = await database.$queryRaw<{ orgId: string; spent: bigint; usual: bigint }[]>`
    SELECT present.org_id AS "orgId", present.spent, earlier.usual FROM spending_day AS present
    CROSS JOIN LATERAL (
      SELECT (sum(spent) / ${daysBefore})::bigint AS usual, count(*) AS days FROM spending_day
      WHERE spending_day.org_id = present.org_id AND day >= ${from}::date AND day < ${day}::date
    ) AS earlier
    WHERE present.day = ${day}::date AND present.spent > ${leastNanoUsd}
      AND days >= ${spentDaysMin} AND present.spent > usual * ${factor}
      AND NOT EXISTS (SELECT FROM raised_warning WHERE raised_warning.org_id = present.org_id
        AND type = 'spending.unusual' AND key = ${day})
    ORDER BY random() LIMIT ${perStep}`;
  await eachApart(
    unusual,
    async ({ orgId, spent, usual }) => {
      const data = { day, spentNanoUsd: spent.toString(), usualNanoUsd: usual.toString() };
      const notice = { orgId, type: 'spending.unusual' as const, data };
      const isNew = await database.$transaction((tx) => raise(tx, now, notice, day));
      if (isNew) events.spendingUnusual({ orgId, day, spentNanoUsd: spent, usualNanoUsd: usual });
    },
    ({ orgId }, error) => events.taskFailed('warnings', error, { orgId }),
  );
  const forgotten = new Date(now.getTime() - keptDays * dayMs);
  await database.spendingDay.deleteMany({ where: { day: { lt: forgotten } } });
  await database.raisedWarning.deleteMany({ where: { type: 'spending.unusual', raisedAt: { lt: forgotten } } });
}
