import type { Alert as ShownAlert } from '@aggregator/contracts';
import { type Page, pageSize, toPage } from '@aggregator/service-kit';
import type { Database } from '../database/create-database.ts';
import { toRunbookUrl } from './record-round.ts';
import { isSilenced, listSilences, readLabels } from './silences.ts';

export interface AlertFilter {
  state?: string | undefined;
  cursor?: string | undefined;
  limit?: number | undefined;
}

/** Returns a page of alerts, newest first. */
export async function listAlerts(
  database: Database,
  now: Date,
  runbookBaseUrl: string | undefined,
  { state, cursor, limit = pageSize }: AlertFilter,
): Promise<Page<ShownAlert>> {
  const where = { ...(state !== undefined && { state }), ...(cursor !== undefined && { id: { lt: cursor } }) };
  const rows = await database.alert.findMany({ where, orderBy: { id: 'desc' }, take: limit + 1 });
  const silences = await listSilences(database, now);
  return toPage(
    rows,
    limit,
    ({ id }) => id,
    (row): ShownAlert => {
      const labels = readLabels(row.labels);
      return {
        ...{ id: row.id, rule: row.rule, summary: row.summary, labels, runbook: row.runbook },
        severity: row.severity === 'critical' ? 'critical' : 'warning',
        state: row.state === 'firing' ? 'firing' : 'cleared',
        isSilenced: row.state === 'firing' && isSilenced({ rule: row.rule, labels }, silences),
        ...{ since: row.since.toISOString(), firedAt: row.firedAt.toISOString() },
        clearedAt: row.clearedAt?.toISOString() ?? null,
        runbookUrl: toRunbookUrl(runbookBaseUrl, row.runbook),
      };
    },
  );
}
