import type { DashboardAnswer, DashboardQuery } from '@aggregator/contracts';
import { z } from 'zod';
import type { Transaction } from '../database/create-database.ts';
import { Prisma } from '../generated/prisma/client.ts';
import type { UsageRange } from './read-range.ts';
import { type RangePart, splitRange } from './split-range.ts';
import { type GroupRow, groupRow } from './usage-sums.ts';

export type UsageGrouping = DashboardAnswer['groupBy'];

export interface UsageFilter extends UsageRange {
  /** Always the caller's own organisation. */
  orgId: string;
  /** Null for everybody in it. */
  userId: string | null;
  /** What is counted of it; all where absent. */
  only?: Omit<DashboardQuery, 'from' | 'to' | 'groupBy' | 'format'>;
}

/** More groups than an answer may hold are not read. */
export const groupsMax = 10_000;

interface GroupSql {
  /** What rows are grouped by. */
  of: Prisma.Sql;
  /** How the group is written, from the name `value`; the times are RFC 3339 UTC. */
  text: Prisma.Sql;
}

const instant = Prisma.sql`to_char(value AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;
const asIs = Prisma.sql`value::text`;
const groupSql: Readonly<Record<Exclude<UsageGrouping, 'tag'> | 'all', GroupSql>> = {
  minute: { of: Prisma.sql`start`, text: instant },
  hour: { of: Prisma.sql`start`, text: instant },
  day: { of: Prisma.sql`date_trunc('day', start AT TIME ZONE 'UTC')`, text: Prisma.sql`to_char(value, 'YYYY-MM-DD')` },
  model: { of: Prisma.sql`model`, text: asIs },
  provider: { of: Prisma.sql`provider`, text: asIs },
  key: { of: Prisma.sql`key_id`, text: asIs },
  user: { of: Prisma.sql`user_id`, text: asIs },
  team: { of: Prisma.sql`team_id`, text: asIs },
  all: { of: Prisma.sql`'all'::text`, text: asIs },
};

/** Tables by the length of their rows, with the name of the column of the start. */
const tables = {
  all: {
    minute: Prisma.sql`(SELECT *, minute AS start FROM usage_minute) AS own`,
    hour: Prisma.sql`(SELECT *, hour AS start FROM usage_rollup) AS own`,
    day: Prisma.sql`(SELECT *, day AS start FROM usage_day) AS own`,
  },
  detailed: {
    hour: Prisma.sql`(SELECT *, hour AS start FROM usage_detail) AS own`,
    day: Prisma.sql`(SELECT *, day AS start FROM usage_detail_day) AS own`,
  },
};

/** Sums of one grouping, of all rows or of those that have a team or tags. */
export async function readGroups(
  database: Transaction,
  filter: UsageFilter,
  groupBy: UsageGrouping | 'all',
  source: 'all' | 'detailed',
): Promise<GroupRow[]> {
  const { tagKey } = filter.only ?? {};
  const { of, text } =
    groupBy === 'tag' ? { of: Prisma.sql`coalesce(tags ->> ${tagKey}, '')`, text: asIs } : groupSql[groupBy];
  const conditions = source === 'all' ? toConditions(filter) : [...toConditions(filter), ...toDetailConditions(filter)];
  const parts = splitRange(filter, groupBy).map((part) => {
    const all = [...toRangeConditions(filter.orgId, part), ...conditions];
    return Prisma.sql`SELECT ${of} AS value, ${counters} FROM ${tableOf(source, part.step)} WHERE ${Prisma.join(all, ' AND ')}`;
  });
  // Sums of BIGINT are NUMERIC, which cannot overflow; as text they stay exact on their way here.
  const found = await database.$queryRaw`
    SELECT
      ${text} AS "group",
      sum(requests)::text AS requests,
      sum(completed)::text AS completed,
      sum(failed)::text AS failed,
      sum(input_tokens)::text AS "inputTokens",
      sum(output_tokens)::text AS "outputTokens",
      sum(amount_nano_usd)::text AS "amountNanoUsd",
      sum(latency_ms_sum)::text AS "latencyMsSum"
    FROM (${Prisma.join(parts, ' UNION ALL ')}) AS part
    GROUP BY value
    LIMIT ${groupsMax + 1}`;
  return z.array(groupRow).parse(found);
}

const counters = Prisma.sql`requests, completed, failed, input_tokens, output_tokens, amount_nano_usd, latency_ms_sum`;

/** Minutes of teams and tags are not kept; `readUsage` rejects them. */
function tableOf(source: 'all' | 'detailed', step: RangePart['step']): Prisma.Sql {
  return source === 'all' || step === 'minute' ? tables.all[step] : tables.detailed[step];
}

const toRangeConditions = (orgId: string, { from, to }: RangePart): Prisma.Sql[] => [
  Prisma.sql`org_id = ${orgId}::uuid`,
  Prisma.sql`start >= ${from}`,
  Prisma.sql`start < ${to}`,
];

/** Every condition narrows the one before: a caller who sees only its own use sees no one else's by naming them. */
function toConditions({ userId, only = {} }: UsageFilter): Prisma.Sql[] {
  return present([
    userId === null ? null : Prisma.sql`user_id = ${userId}::uuid`,
    only.userId === undefined ? null : Prisma.sql`user_id = ${only.userId}::uuid`,
    only.keyId === undefined ? null : Prisma.sql`key_id = ${only.keyId}::uuid`,
    only.model === undefined ? null : Prisma.sql`model = ${only.model}`,
    only.provider === undefined ? null : Prisma.sql`provider = ${only.provider}`,
  ]);
}

function toDetailConditions({ only = {} }: UsageFilter): Prisma.Sql[] {
  const { teamId, tagKey, tagValue } = only;
  return present([
    teamId === undefined ? null : Prisma.sql`team_id = ${teamId}::uuid`,
    tagValue === undefined ? null : Prisma.sql`tags ->> ${tagKey} = ${tagValue}`,
  ]);
}

const present = (conditions: readonly (Prisma.Sql | null)[]) => conditions.filter((condition) => condition !== null);
