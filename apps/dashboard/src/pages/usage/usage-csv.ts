import type { DashboardAnswer } from '@aggregator/contracts';

const columns = ['requests', 'failedRequests', 'inputTokens', 'outputTokens', 'totalTokens', 'latencyMsMean'] as const;

/** Returns a table as CSV (RFC 4180), with exact amounts in nano-USD. A text that a spreadsheet would run is quoted as text. */
export function toUsageCsv({ groupBy, series }: DashboardAnswer, nameOf: (group: string) => string): string {
  const head = [groupBy, ...(groupBy === 'key' ? ['keyName'] : []), ...columns, 'costNanoUsd'];
  const rows = series.map((row) => [
    row.group,
    ...(groupBy === 'key' ? [nameOf(row.group)] : []),
    ...columns.map((name) => String(row[name] ?? '')),
    row.costNanoUsd,
  ]);
  return [head, ...rows].map((cells) => cells.map(toCell).join(',')).join('\r\n');
}

function toCell(text: string): string {
  const safe = /^[=+@\t\r]|^-(?!\d)/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
