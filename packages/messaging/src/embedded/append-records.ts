import type { ClientBase, Pool } from 'pg';
import { partitionOf } from '../partition-of.ts';
import type { EventRecord } from '../port.ts';
import { inTransaction } from './connections.ts';

/** Appends all of the records or none, in their order per key. */
export async function appendRecords(
  pool: Pool,
  topic: string,
  partitions: number,
  records: readonly EventRecord[],
): Promise<void> {
  const byPartition = Map.groupBy(records, (record) => partitionOf(record.key, partitions));
  // Every publisher locks partitions in the same order, so there is no deadlock.
  const parts = [...byPartition].sort(([left], [right]) => left - right);
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return appendToPartition(pool, topic, ...only);
  await inTransaction(pool, async (client) => {
    for (const part of parts) await appendToPartition(client, topic, ...part);
  });
}

/** Holds the partition's row until the transaction ends: see `schema.ts`. */
export async function appendToPartition(
  connection: Pool | ClientBase,
  topic: string,
  partition: number,
  records: readonly EventRecord[],
): Promise<void> {
  const appended = await connection.query({
    text: `
      WITH reserved AS (
        UPDATE event_log.partitions SET next_offset = next_offset + $3::bigint
        WHERE topic = $1 AND partition = $2
        RETURNING next_offset - $3::bigint AS first_offset
      )
      INSERT INTO event_log.records (topic, partition, "offset", key, value)
      SELECT $1, $2, reserved.first_offset + item.number - 1, item.key, item.value
      FROM reserved, unnest($4::text[], $5::text[]) WITH ORDINALITY AS item (key, value, number)`,
    values: [topic, partition, records.length, records.map(({ key }) => key), records.map(({ value }) => value)],
  });
  if (appended.rowCount !== records.length) throw new Error(`partition ${partition} of ${topic} does not exist`);
}
