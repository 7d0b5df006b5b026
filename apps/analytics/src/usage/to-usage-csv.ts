import { type DashboardAnswer, toCsv } from '@aggregator/contracts';
import { namedGroupings } from './name-groups.ts';

const columns = [
  ...(['requests', 'failedRequests', 'inputTokens', 'outputTokens', 'totalTokens', 'costNanoUsd'] as const),
  ...(['latencyMsMean'] as const),
] as const;

/** One row for each group, exact as the answer in JSON has it; users, API keys and teams have a column `name`. */
export function toUsageCsv(groupBy: DashboardAnswer['groupBy'], series: DashboardAnswer['series']): string {
  const shown = namedGroupings.has(groupBy) ? (['name', ...columns] as const) : columns;
  const rows = series.map((row) => [row.group, ...shown.map((column) => String(row[column] ?? ''))]);
  return toCsv([[groupBy, ...shown], ...rows]);
}
