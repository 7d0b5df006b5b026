import { isRecord, parseRecord } from '@aggregator/providers';

/**
 * What an answer tells its caller that it cost, in nano-USD; null where it tells nothing. Every surface has it in `usage`
 * or beside the answer, plain and in an event near the end of a stream; the last word counts.
 */
export function readToldCost(body: string): bigint | null {
  const records = body.startsWith('{') ? [parseRecord(body)] : readEvents(body);
  return records.reduce<bigint | null>((told, record) => (record === null ? told : (costOf(record) ?? told)), null);
}

function readEvents(body: string) {
  return body.split('\n').flatMap((line) => (line.startsWith('data: {') ? [parseRecord(line.slice(6))] : []));
}

function costOf(record: Readonly<Record<string, unknown>>): bigint | null {
  if (isRecord(record.response)) return costOf(record.response);
  if (isRecord(record.usage) && typeof record.usage.cost_nano_usd === 'string') {
    return BigInt(record.usage.cost_nano_usd);
  }
  // A stream without usage tells the number alone. A double holds it exactly below $9,000,000.
  return typeof record.cost === 'number' ? BigInt(Math.round(record.cost * 1e9)) : null;
}
