import type { EventRecord } from '../port.ts';

/** What a record costs beside its key and value, generously. */
const recordOverheadBytes = 100;

/**
 * The records in their order, in portions of at most `bytesMax`: all records of one request and one partition are one
 * batch to a broker, and it refuses a batch above its limit (1 MiB unless configured). A larger record goes alone.
 */
export function splitRecords(records: readonly EventRecord[], bytesMax: number): EventRecord[][] {
  const portions: EventRecord[][] = [];
  let portion: EventRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = Buffer.byteLength(record.key) + Buffer.byteLength(record.value) + recordOverheadBytes;
    if (portion.length > 0 && bytes + size > bytesMax) {
      portions.push(portion);
      portion = [];
      bytes = 0;
    }
    portion.push(record);
    bytes += size;
  }
  if (portion.length > 0) portions.push(portion);
  return portions;
}
