import type { Client } from 'pg';
import type { ConsumedRecord } from '../port.ts';

export interface Claim {
  partition: number;
  records: readonly ConsumedRecord[];
  /** Where the group's position moves to once the records are handled. */
  nextOffset: string;
}

export interface ClaimOptions {
  group: string;
  topic: string;
  batchMax: number;
}

/**
 * Takes the next records of a partition that has unread ones and that no other member holds. The claim is a lock on the
 * group's position, in a transaction that stays open until `moveOn` or `giveBack`; if the connection is lost, so is the
 * claim. Null, and no open transaction, if there is nothing to take.
 * @param lastPartition where the search starts: behind it, so that no partition waits for a busier one.
 */
export async function claimBatch(client: Client, options: ClaimOptions, lastPartition: number): Promise<Claim | null> {
  if (!(await hasUnread(client, options))) return null;
  await client.query('BEGIN ISOLATION LEVEL READ COMMITTED');
  const position = await lockPosition(client, options, lastPartition);
  if (position === undefined) {
    await giveBack(client);
    return null;
  }
  const records = await readRecords(client, options, position);
  const last = records.at(-1);
  // Without records in between they were deleted as expired, before this group existed.
  const nextOffset = last === undefined ? position.endOffset : (BigInt(last.offset) + 1n).toString();
  return { partition: position.partition, records, nextOffset };
}

export async function moveOn(client: Client, { group, topic }: ClaimOptions, claim: Claim): Promise<void> {
  await client.query({
    text: `UPDATE event_log.positions SET next_offset = $4
           WHERE group_name = $1 AND topic = $2 AND partition = $3`,
    values: [group, topic, claim.partition, claim.nextOffset],
  });
  await client.query('COMMIT');
}

export async function giveBack(client: Client): Promise<void> {
  await client.query('ROLLBACK');
}

async function hasUnread(client: Client, { group, topic }: ClaimOptions): Promise<boolean> {
  const unread = await client.query({
    text: `SELECT FROM event_log.positions AS position JOIN event_log.partitions AS log USING (topic, partition)
           WHERE position.group_name = $1 AND topic = $2 AND position.next_offset < log.next_offset LIMIT 1`,
    values: [group, topic],
  });
  return unread.rowCount !== 0;
}

interface Position {
  partition: number;
  nextOffset: string;
  /** The partition's end when it was locked: every offset below it is committed. */
  endOffset: string;
}

async function lockPosition(client: Client, { group, topic }: ClaimOptions, lastPartition: number) {
  const locked = await client.query<Position>({
    text: `SELECT partition, position.next_offset AS "nextOffset", log.next_offset AS "endOffset"
           FROM event_log.positions AS position JOIN event_log.partitions AS log USING (topic, partition)
           WHERE position.group_name = $1 AND topic = $2 AND position.next_offset < log.next_offset
           ORDER BY partition > $3::int DESC, partition
           LIMIT 1 FOR UPDATE OF position SKIP LOCKED`,
    values: [group, topic, lastPartition],
  });
  return locked.rows[0];
}

async function readRecords(client: Client, { topic, batchMax }: ClaimOptions, position: Position) {
  const read = await client.query<ConsumedRecord>({
    text: `SELECT topic, partition, "offset", key, value FROM event_log.records
           WHERE topic = $1 AND partition = $2 AND "offset" >= $3 AND "offset" < $4
           ORDER BY "offset" LIMIT $5`,
    values: [topic, position.partition, position.nextOffset, position.endOffset, batchMax],
  });
  return read.rows;
}
