import { verifyAudit, withConnection } from '@aggregator/database';
import { z } from 'zod';
import type { Database } from '../../database/open-database.ts';
import { checkLedger } from '../../ledger/check-ledger.ts';
import { ledgerTurn } from '../../ledger/watch-ledger.ts';
import { nextCompacted, verifyCompacted } from '../../retention/verify-compacted.ts';
import { readTurn } from '../background-turn.ts';
import type { Check, Found } from '../check.ts';

/** A month of transfers is added up by its index. */
const compactedTimeoutMs = 600_000;
const watched = z.object({ faults: z.number() });
/** The compacted month that the last run compared. */
const progress = z.object({ month: z.string() });

/**
 * R5: what the watch of the ledger found wrong, which reads all transfers once a day, and the chain of the audit, which is read
 * here as a whole. Each run compares one compacted month, in turn: its transfers are many, and months become more.
 */
export function createBooksCheck(database: Database, databaseUrl: string): Check {
  return {
    ...{ kind: 'ledger', intervalMs: 30 * 60_000 },
    async run(last) {
      const turn = await readTurn(database, ledgerTurn);
      if (turn === null) return null;
      const { faults, sumNanoUsd, transfers, accounts } = await checkLedger(database);
      const isFaulty = watched.parse(turn.result).faults > 0;
      const { entries, fault } = await verifyAudit(databaseUrl);
      const found: Found[] = [];
      if (isFaulty) {
        const owners = await readOwners(
          database,
          faults.map(({ accountId }) => accountId),
        );
        for (const { accountId, kind, balanceNanoUsd, foldedNanoUsd } of faults) {
          const subject = `account ${accountId}: ${balanceNanoUsd}, by its transfers ${foldedNanoUsd}`;
          const details = { accountId, account: kind, balanceNanoUsd, foldedNanoUsd };
          found.push({ orgId: owners.get(accountId) ?? null, subject, details });
        }
        if (sumNanoUsd !== '0') found.push({ orgId: null, subject: `sum ${sumNanoUsd}`, details: { sumNanoUsd } });
      }
      const { next, months } = await withConnection(databaseUrl, compactedTimeoutMs, async (client) => {
        const next = await nextCompacted(client, progress.safeParse(last).data?.month ?? '');
        return { next, months: next === null ? [] : await verifyCompacted(client, null, next) };
      });
      for (const { month, faults: differing } of months) {
        if (differing.length === 0) continue;
        const subject = `${month}: ${differing.join('; ')}`.slice(0, 300);
        found.push({ orgId: null, subject, details: { month, faults: differing.join('; ') } });
      }
      if (fault !== null) found.push({ orgId: null, subject: `audit: ${fault}`.slice(0, 300), details: { fault } });
      const facts = { accounts: `${accounts}`, transfers: `${transfers}`, auditEntries: `${entries}` };
      return { found, facts, next: next === null ? null : { month: next } };
    },
  };
}

async function readOwners(db: Database, accountIds: readonly string[]): Promise<Map<string, string | null>> {
  const rows = await db.account.findMany({ where: { id: { in: [...accountIds] } }, select: { id: true, orgId: true } });
  return new Map(rows.map(({ id, orgId }) => [id, orgId]));
}
