import type { DashboardAnswer } from '@aggregator/contracts';
import { toCsv } from '@aggregator/contracts/csv';

const columns = ['requests', 'failedRequests', 'inputTokens', 'outputTokens', 'totalTokens', 'latencyMsMean'] as const;

/** Returns a table as CSV, with exact amounts in nano-USD. */
export function toUsageCsv({ groupBy, series }: DashboardAnswer): string {
  const hasNames = groupBy === 'key' || groupBy === 'user' || groupBy === 'team';
  const head = [groupBy, ...(hasNames ? ['name'] : []), ...columns, 'costNanoUsd'];
  const rows = series.map((row) => [
    row.group,
    ...(hasNames ? [row.name ?? ''] : []),
    ...columns.map((name) => String(row[name] ?? '')),
    row.costNanoUsd,
  ]);
  return toCsv([head, ...rows]);
}
