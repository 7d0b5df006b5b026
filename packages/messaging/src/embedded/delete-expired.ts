import type { ClientBase } from 'pg';

/** Most records of a partition that one call deletes, so that it is always short. */
export const deletedPerPartitionMax = 5_000;

/**
 * Deletes records of the topic that are older than `retentionMs` and that every known group has passed, oldest first.
 * A topic that no group reads keeps everything: dead letters wait for a human.
 */
export async function deleteExpired(client: ClientBase, topic: string, retentionMs: number): Promise<number> {
  const deleted = await client.query(
    `WITH passed AS (
       SELECT partition, min(next_offset) AS next_offset FROM event_log.positions WHERE topic = $1 GROUP BY partition
     ), expired AS (
       SELECT oldest.partition, oldest."offset" FROM passed CROSS JOIN LATERAL (
         SELECT partition, "offset", appended_at FROM event_log.records
         WHERE topic = $1 AND partition = passed.partition AND "offset" < passed.next_offset
         ORDER BY "offset" LIMIT $3
       ) AS oldest
       WHERE oldest.appended_at < now() - $2 * interval '1 millisecond'
     )
     DELETE FROM event_log.records AS record USING expired
     WHERE record.topic = $1 AND record.partition = expired.partition AND record."offset" = expired."offset"`,
    [topic, retentionMs, deletedPerPartitionMax],
  );
  return deleted.rowCount ?? 0;
}
