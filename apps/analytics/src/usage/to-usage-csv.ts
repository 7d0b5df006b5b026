import { type DashboardAnswer, toCsv } from '@aggregator/contracts';

const columns = [
  ...(['requests', 'failedRequests', 'inputTokens', 'outputTokens', 'totalTokens', 'costNanoUsd'] as const),
  ...(['latencyMsMean'] as const),
] as const;

/** One row for each group, exact as the answer in JSON has it. */
export function toUsageCsv(groupBy: DashboardAnswer['groupBy'], series: DashboardAnswer['series']): string {
  const rows = series.map((row) => [row.group, ...columns.map((column) => String(row[column] ?? ''))]);
  return toCsv([[groupBy, ...columns], ...rows]);
}
