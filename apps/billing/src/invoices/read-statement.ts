import type { MonthStatement } from '@aggregator/contracts';
import { formatNanoUsd } from '@aggregator/pricing';
import type { Database } from '../database/open-database.ts';
import { isOver } from './issue-invoices.ts';
import { allOthers, type LedgerLine } from './line-sums.ts';
import { readLedgerLines, type StatementGrouping } from './read-ledger-lines.ts';
import { readMonth } from './read-month.ts';
import { shareCents } from './share-cents.ts';

const linesMax = 1000;

/**
 * What an organisation paid in a month, or what its requests cost, by model, user, key, team, tag or organisation. The total is that of the ledger, to the nano; cents of the lines add
 * up to its whole cents. An invoice adds what months before it carried.
 * @param period `2026-11`, by the time zone of the organisation's profile.
 */
export async function readStatement(
  database: Database,
  now: Date,
  orgId: string,
  period: string,
  grouping: StatementGrouping,
): Promise<MonthStatement> {
  const month = await readMonth(database, orgId, period);
  const lines = foldRest(await readLedgerLines(database, orgId, month, grouping));
  const shared = shareCents(
    lines.map(({ amount }) => amount),
    0n,
  );
  return {
    ...{ organizationId: orgId, period, ...grouping, currency: 'USD', isClosed: isOver(month.to, now) },
    ...{ from: month.from.toISOString(), to: month.to.toISOString() },
    lines: lines.map(({ subject, description, requests, amount }, index) => ({
      ...{ subjectId: subject, description, requests, amountNanoUsd: formatNanoUsd(amount) },
      amountCents: (shared?.cents[index] ?? 0n).toString(),
    })),
    totalNanoUsd: formatNanoUsd(lines.reduce((sum, { amount }) => sum + amount, 0n)),
    totalCents: (shared?.total ?? 0n).toString(),
  };
}

/** Keeps the largest lines and those without requests, and adds the others up in one. */
function foldRest(lines: readonly LedgerLine[]): LedgerLine[] {
  const isFolded = ({ requests }: LedgerLine, index: number) => index >= linesMax && requests > 0;
  const rest = lines.filter(isFolded);
  if (rest.length === 0) return [...lines];
  const kept = lines.filter((line, index) => !isFolded(line, index));
  const sum = rest.reduce(
    (all, { requests, amount }) => {
      return { requests: all.requests + requests, amount: all.amount + amount };
    },
    { requests: 0, amount: 0n },
  );
  return [...kept, { subject: null, description: allOthers, ...sum }];
}
