import { AppError, type DashboardAnswer, type DashboardQuery, type UsageTotals } from '@aggregator/contracts';
import { z } from 'zod';
import type { Database } from '../database/create-database.ts';
import { Prisma } from '../generated/prisma/client.ts';
import { nilId } from '../rollups/fold-usage.ts';
import type { UsageRange } from './read-range.ts';

export type UsageGrouping = DashboardAnswer['groupBy'];

export interface UsageFilter extends UsageRange {
  /** Always the caller's own organisation. */
  orgId: string;
  /** Null for everybody in it. */
  userId: string | null;
  /** What is counted of it; all where absent. */
  only?: Omit<DashboardQuery, 'from' | 'to' | 'groupBy' | 'format'>;
}

export interface GroupedUsage {
  totals: UsageTotals;
  series: (UsageTotals & { group: string })[];
}

const groupsMax = 10_000;

/** How each grouping is written; the times are RFC 3339 UTC. */
const groupSql: Readonly<Record<Exclude<UsageGrouping, 'tag'>, Prisma.Sql>> = {
  hour: Prisma.sql`to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`,
  day: Prisma.sql`to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
  model: Prisma.sql`model`,
  provider: Prisma.sql`provider`,
  key: Prisma.sql`key_id::text`,
  user: Prisma.sql`user_id::text`,
  team: Prisma.sql`team_id::text`,
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
type GroupRow = z.output<typeof groupRow>;
type Sums = Omit<GroupRow, 'group'>;

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
  const rows = await readRows(database, filter, groupBy).catch((cause: unknown) => {
    throw cause instanceof AppError
      ? cause
      : new AppError('service_unavailable', { internal: 'rollups', cause, retryAfterMs: 1000 });
  });
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

/** Groups of a team or a tag are in the rows of teams and tags; requests without one are the rest of all. */
async function readRows(database: Database, filter: UsageFilter, groupBy: UsageGrouping): Promise<GroupRow[]> {
  const { tagKey, tagValue, teamId } = filter.only ?? {};
  const isDetailed = groupBy === 'team' || groupBy === 'tag' || teamId !== undefined || tagValue !== undefined;
  if (groupBy === 'tag' || tagValue !== undefined) requireTagKey(tagKey);
  const group = groupBy === 'tag' ? Prisma.sql`coalesce(tags ->> ${tagKey}, '')` : groupSql[groupBy];
  if (!isDetailed) return await readGroups(database, filter, group, Prisma.sql`usage_rollup`, Prisma.empty);
  const conditions = toDetailConditions(filter);
  const detailed = await readGroups(database, filter, group, Prisma.sql`usage_detail`, conditions);
  if ((groupBy !== 'team' && groupBy !== 'tag') || teamId !== undefined || tagValue !== undefined) return detailed;
  return await addRest(database, filter, detailed, groupBy === 'team' ? nilId : '');
}

function requireTagKey(tagKey: string | undefined): void {
  if (tagKey !== undefined) return;
  throw new AppError('invalid_value', { param: 'tagKey', message: "'tagKey' must name the tag." });
}

/** `detailed` with what has no row there, as a part of the group of `name`. */
async function addRest(
  database: Database,
  filter: UsageFilter,
  detailed: readonly GroupRow[],
  name: string,
): Promise<GroupRow[]> {
  const all = await readGroups(database, filter, Prisma.sql`'all'`, Prisma.sql`usage_rollup`, Prisma.empty);
  const named = detailed.filter(({ group }) => group !== name);
  const rest = named.reduce<Sums>(subtract, all.reduce<Sums>(add, nothing));
  return rest.requests === 0n ? named : [...named, { ...rest, group: name }];
}

async function readGroups(
  database: Database,
  filter: UsageFilter,
  group: Prisma.Sql,
  table: Prisma.Sql,
  conditions: Prisma.Sql,
): Promise<GroupRow[]> {
  // Sums of BIGINT are NUMERIC, which cannot overflow; as text they stay exact on their way here.
  const found = await database.$queryRaw`
    SELECT
      ${group} AS "group",
      sum(requests)::text AS requests,
      sum(completed)::text AS completed,
      sum(failed)::text AS failed,
      sum(input_tokens)::text AS "inputTokens",
      sum(output_tokens)::text AS "outputTokens",
      sum(amount_nano_usd)::text AS "amountNanoUsd",
      sum(latency_ms_sum)::text AS "latencyMsSum"
    FROM ${table}
    WHERE org_id = ${filter.orgId}::uuid AND hour >= ${filter.from} AND hour < ${filter.to}
      ${toConditions(filter)} ${conditions}
    GROUP BY 1
    LIMIT ${groupsMax + 1}`;
  return z.array(groupRow).parse(found);
}

/** Every condition narrows the one before: a caller who sees only its own use sees no one else's by naming them. */
function toConditions({ userId, only = {} }: UsageFilter): Prisma.Sql {
  return joinConditions([
    userId === null ? null : Prisma.sql`AND user_id = ${userId}::uuid`,
    only.userId === undefined ? null : Prisma.sql`AND user_id = ${only.userId}::uuid`,
    only.keyId === undefined ? null : Prisma.sql`AND key_id = ${only.keyId}::uuid`,
    only.model === undefined ? null : Prisma.sql`AND model = ${only.model}`,
    only.provider === undefined ? null : Prisma.sql`AND provider = ${only.provider}`,
  ]);
}

function toDetailConditions({ only = {} }: UsageFilter): Prisma.Sql {
  const { teamId, tagKey, tagValue } = only;
  return joinConditions([
    teamId === undefined ? null : Prisma.sql`AND team_id = ${teamId}::uuid`,
    tagValue === undefined ? null : Prisma.sql`AND tags ->> ${tagKey} = ${tagValue}`,
  ]);
}

function joinConditions(conditions: readonly (Prisma.Sql | null)[]): Prisma.Sql {
  const present = conditions.filter((condition) => condition !== null);
  return present.length === 0 ? Prisma.empty : Prisma.join(present, ' ');
}

function subtract(left: Sums, right: Sums): Sums {
  return {
    requests: left.requests - right.requests,
    completed: left.completed - right.completed,
    failed: left.failed - right.failed,
    inputTokens: left.inputTokens - right.inputTokens,
    outputTokens: left.outputTokens - right.outputTokens,
    amountNanoUsd: left.amountNanoUsd - right.amountNanoUsd,
    latencyMsSum: left.latencyMsSum - right.latencyMsSum,
  };
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
