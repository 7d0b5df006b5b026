import { isRecord, parseRecord } from '@aggregator/contracts';

/**
 * Returns the cost that an answer reports to its caller, in nano-USD; null if it reports none. Every surface has it in
 * `usage` or beside the answer, plain and in an event near the end of a stream; the last word counts.
 */
export function readReportedCost(body: string): bigint | null {
  const records = body.startsWith('{') ? [parseRecord(body)] : readEvents(body);
  return records.reduce<bigint | null>((cost, record) => (record === null ? cost : (costOf(record) ?? cost)), null);
}

function readEvents(body: string) {
  return body.split('\n').flatMap((line) => (line.startsWith('data: {') ? [parseRecord(line.slice(6))] : []));
}

function costOf(record: Readonly<Record<string, unknown>>): bigint | null {
  if (isRecord(record.response)) return costOf(record.response);
  if (isRecord(record.usage) && typeof record.usage.cost_nano_usd === 'string') {
    return BigInt(record.usage.cost_nano_usd);
  }
  // A stream without usage has only the number. A double holds it exactly below $9,000,000.
  return typeof record.cost === 'number' ? BigInt(Math.round(record.cost * 1e9)) : null;
}
