import type { Pool } from 'pg';
import type { PartitionPosition } from '../port.ts';

/** Returns the group's position and the end of each partition, as one statement sees them. */
export async function readPositions(pool: Pool, topic: string, group: string): Promise<PartitionPosition[]> {
  const read = await pool.query<{ partition: number; position: string; end: string }>(
    `SELECT log.partition, coalesce(position.next_offset, 0) AS position, log.next_offset AS "end"
     FROM event_log.partitions AS log
       LEFT JOIN event_log.positions AS position
         ON position.topic = log.topic AND position.partition = log.partition AND position.group_name = $2
     WHERE log.topic = $1`,
    [topic, group],
  );
  return read.rows.map(({ partition, position, end }) => ({
    partition,
    position: BigInt(position),
    end: BigInt(end),
  }));
}
