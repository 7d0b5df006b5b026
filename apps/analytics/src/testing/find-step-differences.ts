import type { Database } from '../database/create-database.ts';
import { Prisma } from '../generated/prisma/client.ts';

const day = Prisma.sql`date_trunc('day', hour AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'`;
const hourOfMinute = Prisma.sql`date_trunc('hour', minute AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'`;
const own = Prisma.sql`org_id, provider, model, key_id, user_id`;
const detail = Prisma.sql`${own}, team_id, tags_hash, tags`;
const sums = Prisma.sql`sum(requests), sum(completed), sum(failed), sum(input_tokens), sum(output_tokens),
  sum(amount_nano_usd), sum(latency_ms_sum)`;

/** Returns how many rows of days and minutes do not equal the sums of hours. */
export async function findStepDifferences(database: Database): Promise<number> {
  const pairs = [
    [sumOf('usage_rollup', day, own), sumOf('usage_day', Prisma.sql`day`, own)],
    [sumOf('usage_detail', day, detail), sumOf('usage_detail_day', Prisma.sql`day`, detail)],
    [sumOf('usage_rollup', Prisma.sql`hour`, own), sumOf('usage_minute', hourOfMinute, own)],
  ];
  const differences = pairs.flatMap(([a, b]) => [
    Prisma.sql`(${a} EXCEPT ALL ${b})`,
    Prisma.sql`(${b} EXCEPT ALL ${a})`,
  ]);
  const counts = differences.map((rows) => Prisma.sql`(SELECT count(*)::int FROM ${rows} AS difference)`);
  const [row] = await database.$queryRaw<{ count: number }[]>`SELECT ${Prisma.join(counts, ' + ')} AS count`;
  return row?.count ?? -1;
}

const sumOf = (table: string, start: Prisma.Sql, dimensions: Prisma.Sql) =>
  Prisma.sql`SELECT ${start} AS start, ${dimensions}, ${sums} FROM ${Prisma.raw(table)} GROUP BY ${start}, ${dimensions}`;
