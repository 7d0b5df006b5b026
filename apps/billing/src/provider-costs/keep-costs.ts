import { createHash } from 'node:crypto';
import { installation, writeAudit } from '../audit/write-audit.ts';
import { type Database, toJsonRows } from '../database/open-database.ts';
import type { ProviderRecord } from './parse-csv.ts';

/** Keeps what a provider says that each day cost, for the check R3. A day that was kept before is replaced. Returns the days. */
export async function keepCosts(
  db: Database,
  now: Date,
  { provider, records, text }: { provider: string; records: readonly ProviderRecord[]; text: string },
): Promise<string[]> {
  const source = createHash('sha256').update(text).digest('hex');
  const days = Map.groupBy(records, ({ time }) => time.toISOString().slice(0, 10));
  const rows = [...days].map(([day, own]) => ({
    ...{ day, records: own.length, cost: own.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n) },
  }));
  await db.$transaction(async (tx) => {
    await tx.$executeRaw`
      INSERT INTO provider_cost (provider, day, cost, records, source, imported_at)
      SELECT ${provider}, day, cost, records, ${source}, ${now}::timestamptz
      FROM json_to_recordset(${toJsonRows(rows)}::json) AS row (day date, cost bigint, records bigint)
      ORDER BY day
      ON CONFLICT (provider, day) DO UPDATE SET cost = EXCLUDED.cost, records = EXCLUDED.records,
        source = EXCLUDED.source, imported_at = EXCLUDED.imported_at`;
    await writeAudit(tx, now, installation, {
      ...{ organizationId: null, action: 'provider_costs_imported', subjectType: 'provider', subjectId: provider },
      details: { days: [...days.keys()].sort().slice(0, 100), records: records.length, source },
    });
  });
  return [...days.keys()].sort();
}
