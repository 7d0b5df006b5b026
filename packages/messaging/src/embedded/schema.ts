import type { Pool, PoolClient } from 'pg';
import { inTransaction } from './connections.ts';

/**
 * `partitions.next_offset` is the heart: a publisher that appends to a partition holds its row until the commit, so
 * offsets become visible in their order and a reader can never skip one that commits late.
 */
const tables = `
  CREATE SCHEMA IF NOT EXISTS event_log;
  CREATE TABLE IF NOT EXISTS event_log.partitions (
    topic text NOT NULL,
    partition integer NOT NULL,
    next_offset bigint NOT NULL,
    PRIMARY KEY (topic, partition)
  );
  CREATE TABLE IF NOT EXISTS event_log.records (
    topic text NOT NULL,
    partition integer NOT NULL,
    "offset" bigint NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    appended_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (topic, partition, "offset")
  );
  CREATE TABLE IF NOT EXISTS event_log.positions (
    group_name text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    next_offset bigint NOT NULL,
    PRIMARY KEY (group_name, topic, partition)
  );
`;

/** Makes what is missing of the log's tables, in a separate schema; several processes may do so at once. */
export async function ensureTables(pool: Pool): Promise<void> {
  const found = await pool.query("SELECT to_regclass('event_log.positions') IS NOT NULL AS exists");
  if (found.rows[0]?.exists === true) return;
  await inTransaction(pool, async (client) => {
    await lockDefinitions(client);
    await client.query(tables);
  });
}

/**
 * Makes the topic with `partitions` partitions if it is new, and answers how many it has: a topic keeps the number that
 * it was made with, since with another one a key would change its partition and lose its order.
 */
export async function ensureTopic(pool: Pool, topic: string, partitions: number): Promise<number> {
  const existing = await countPartitions(pool, topic);
  if (existing > 0) return existing;
  return inTransaction(pool, async (client) => {
    await lockDefinitions(client);
    await client.query(
      `INSERT INTO event_log.partitions (topic, partition, next_offset)
       SELECT $1, number, 0 FROM generate_series(0, $2::int - 1) AS number
       WHERE NOT EXISTS (SELECT FROM event_log.partitions WHERE topic = $1)`,
      [topic, partitions],
    );
    return countPartitions(client, topic);
  });
}

/** Gives the group a position in each partition where it has none: before the oldest record. */
export async function ensureGroup(pool: Pool, group: string, topic: string): Promise<void> {
  await pool.query(
    `INSERT INTO event_log.positions (group_name, topic, partition, next_offset)
     SELECT $1, topic, partition, 0 FROM event_log.partitions WHERE topic = $2
     ON CONFLICT DO NOTHING`,
    [group, topic],
  );
}

async function countPartitions(connection: Pool | PoolClient, topic: string): Promise<number> {
  const counted = await connection.query<{ partitions: number }>(
    'SELECT count(*)::int AS partitions FROM event_log.partitions WHERE topic = $1',
    [topic],
  );
  return counted.rows[0]?.partitions ?? 0;
}

async function lockDefinitions(client: PoolClient): Promise<void> {
  await client.query("SELECT pg_advisory_xact_lock(hashtextextended('event_log.definitions', 0))");
}
