import { AppError, type DashboardAnswer, type UsageTotals } from '@aggregator/contracts';
import { z } from 'zod';
import type { Database } from '../database/create-database.ts';
import { Prisma } from '../generated/prisma/client.ts';
import type { UsageRange } from './read-range.ts';

export type UsageGrouping = DashboardAnswer['groupBy'];

export interface UsageFilter extends UsageRange {
  /** Always the caller's own organisation. */
  orgId: string;
  /** Null for everybody in it. */
  userId: string | null;
}

export interface GroupedUsage {
  totals: UsageTotals;
  series: (UsageTotals & { group: string })[];
}

const groupsMax = 10_000;

/** How each grouping is written; the times are RFC 3339 UTC. */
const groupSql: Readonly<Record<UsageGrouping, Prisma.Sql>> = {
  hour: Prisma.sql`to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`,
  day: Prisma.sql`to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
  model: Prisma.sql`model`,
  provider: Prisma.sql`provider`,
  key: Prisma.sql`key_id::text`,
};

const sum = z.string().transform(BigInt);
const groupRow = z.object({
  group: z.string(),
  requests: sum,
  completed: sum,
  failed: sum,
  inputTokens: sum,
  outputTokens: sum,
  amountNanoUsd: sum,
  latencyMsSum: sum,
});
type Sums = Omit<z.output<typeof groupRow>, 'group'>;

const nothing: Sums = {
  requests: 0n,
  completed: 0n,
  failed: 0n,
  inputTokens: 0n,
  outputTokens: 0n,
  amountNanoUsd: 0n,
  latencyMsSum: 0n,
};

/**
 * What an organisation used, summed exactly, and the same by group. Throws `service_unavailable` where the database does
 * not answer, `invalid_value` where there are more groups than an answer may hold.
 */
export async function readUsage(
  database: Database,
  filter: UsageFilter,
  groupBy: UsageGrouping,
): Promise<GroupedUsage> {
  const rows = z.array(groupRow).parse(
    await readGroups(database, filter, groupSql[groupBy]).catch((cause: unknown) => {
      throw new AppError('service_unavailable', { internal: 'rollups', cause, retryAfterMs: 1000 });
    }),
  );
  if (rows.length > groupsMax) {
    throw new AppError('invalid_value', {
      param: 'groupBy',
      message: `The answer would have more than ${groupsMax} groups. Ask for a shorter range or another grouping.`,
    });
  }
  rows.sort((a, b) => (a.group < b.group ? -1 : 1));
  return {
    totals: toTotals(rows.reduce<Sums>(add, nothing)),
    series: rows.map(({ group, ...sums }) => ({ ...toTotals(sums), group })),
  };
}

function readGroups(database: Database, filter: UsageFilter, group: Prisma.Sql): Promise<unknown> {
  const ofUser = filter.userId === null ? Prisma.empty : Prisma.sql`AND user_id = ${filter.userId}::uuid`;
  // Sums of BIGINT are NUMERIC, which cannot overflow; as text they stay exact on their way here.
  return database.$queryRaw`
    SELECT
      ${group} AS "group",
      sum(requests)::text AS requests,
      sum(completed)::text AS completed,
      sum(failed)::text AS failed,
      sum(input_tokens)::text AS "inputTokens",
      sum(output_tokens)::text AS "outputTokens",
      sum(amount_nano_usd)::text AS "amountNanoUsd",
      sum(latency_ms_sum)::text AS "latencyMsSum"
    FROM usage_rollup
    WHERE org_id = ${filter.orgId}::uuid AND hour >= ${filter.from} AND hour < ${filter.to} ${ofUser}
    GROUP BY 1
    LIMIT ${groupsMax + 1}`;
}

function add(left: Sums, right: Sums): Sums {
  return {
    requests: left.requests + right.requests,
    completed: left.completed + right.completed,
    failed: left.failed + right.failed,
    inputTokens: left.inputTokens + right.inputTokens,
    outputTokens: left.outputTokens + right.outputTokens,
    amountNanoUsd: left.amountNanoUsd + right.amountNanoUsd,
    latencyMsSum: left.latencyMsSum + right.latencyMsSum,
  };
}

function toTotals(sums: Sums): UsageTotals {
  return {
    requests: Number(sums.requests),
    failedRequests: Number(sums.failed),
    inputTokens: Number(sums.inputTokens),
    outputTokens: Number(sums.outputTokens),
    totalTokens: Number(sums.inputTokens + sums.outputTokens),
    costNanoUsd: sums.amountNanoUsd.toString(),
    latencyMsMean: sums.completed === 0n ? null : Number(sums.latencyMsSum) / Number(sums.completed),
  };
}
