import { AppError, type QualityAnswer, type QualityFigures } from '@aggregator/contracts';
import { z } from 'zod';
import type { Database } from '../database/create-database.ts';
import { Prisma } from '../generated/prisma/client.ts';
import type { UsageRange } from '../usage/read-range.ts';
import { type RangePart, splitRange } from '../usage/split-range.ts';
import { SketchSum } from './sketch.ts';

export interface QualityFilter extends UsageRange {
  /** Always the caller's own organisation. */
  orgId: string;
  model?: string | undefined;
  provider?: string | undefined;
}

type Grouping = QualityAnswer['groupBy'];

const groupsMax = 10_000;
const rowsMax = 20_000;
const counts = z.record(z.string(), z.number());
const whole = z.string().transform(Number);
/** A group as the database returns it; its sketches one after the other. */
const groupSchema = z.object({
  group: z.string(),
  requests: whole,
  completed: whole,
  failed: whole,
  aborted: whole,
  cacheHits: whole,
  saved: z.string().transform(BigInt),
  latency: z.string(),
  firstToken: z.string(),
  errors: z.array(counts).nullable(),
  rows: z.number(),
});
type Group = z.output<typeof groupSchema>;

const groupSql: Readonly<Record<Grouping, Prisma.Sql>> = {
  minute: Prisma.sql`to_char(start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`,
  hour: Prisma.sql`to_char(start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`,
  day: Prisma.sql`to_char(start AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
  model: Prisma.sql`model`,
  provider: Prisma.sql`provider`,
};

const toCondition = ({ step, from, to }: RangePart) =>
  Prisma.sql`(step = ${step} AND start >= ${from} AND start < ${to})`;

/**
 * How an organisation's requests went, in all and by group. Throws `invalid_value` if there are more groups or rows than an
 * answer may hold, `service_unavailable` if the database does not answer.
 */
export async function readQuality(database: Database, filter: QualityFilter, groupBy: Grouping) {
  const { orgId, model, provider } = filter;
  const found = await database.$queryRaw`
    SELECT "group", sum(requests)::text AS requests, sum(completed)::text AS completed, sum(failed)::text AS failed,
      sum(aborted)::text AS aborted, sum(cache_hits)::text AS "cacheHits", sum(cache_saved_nano_usd)::text AS saved,
      string_agg(latency::text, ' ') AS latency, string_agg(first_token::text, ' ') AS "firstToken",
      jsonb_agg(errors) FILTER (WHERE errors <> '{}') AS errors, count(*)::int AS rows
    FROM (
      SELECT *, ${groupSql[groupBy]} AS "group" FROM usage_quality
      WHERE org_id = ${orgId}::uuid AND (${Prisma.join(splitRange(filter, groupBy).map(toCondition), ' OR ')})
        ${model === undefined ? Prisma.empty : Prisma.sql`AND model = ${model}`}
        ${provider === undefined ? Prisma.empty : Prisma.sql`AND provider = ${provider}`}
      LIMIT ${rowsMax + 1}
    ) AS own
    GROUP BY "group"`.catch((cause: unknown) => {
    throw new AppError('service_unavailable', { internal: 'quality', cause, retryAfterMs: 1000 });
  });
  const groups = z.array(groupSchema).parse(found);
  if (groups.reduce((sum, { rows }) => sum + rows, 0) > rowsMax || groups.length > groupsMax) {
    const message = `The answer would have more than ${groupsMax} groups. Ask for a shorter range or another grouping.`;
    throw new AppError('invalid_value', { param: 'groupBy', message });
  }
  groups.sort((a, b) => (a.group < b.group ? -1 : 1));
  const total = emptySum();
  const series = groups.map((group) => {
    const sum = toSum(group);
    addSum(total, sum);
    return { group: group.group, ...toFigures(sum) };
  });
  return { totals: toFigures(total), series };
}

/** What several rows count, with their sketches merged. */
interface Sum extends Pick<Group, 'requests' | 'completed' | 'failed' | 'aborted' | 'cacheHits' | 'saved'> {
  errors: Record<string, number>;
  latency: SketchSum;
  firstToken: SketchSum;
}

const emptySum = (): Sum => ({
  requests: 0,
  completed: 0,
  failed: 0,
  aborted: 0,
  cacheHits: 0,
  saved: 0n,
  errors: {},
  latency: new SketchSum(),
  firstToken: new SketchSum(),
});

function toSum({ group: _group, rows: _rows, errors, latency, firstToken, ...counted }: Group): Sum {
  const sum: Sum = { ...emptySum(), ...counted };
  for (const counts of errors ?? []) addErrors(sum, counts);
  sum.latency.addStored(latency);
  sum.firstToken.addStored(firstToken);
  return sum;
}

function addSum(total: Sum, sum: Sum): void {
  for (const name of ['requests', 'completed', 'failed', 'aborted', 'cacheHits'] as const) total[name] += sum[name];
  total.saved += sum.saved;
  addErrors(total, sum.errors);
  total.latency.merge(sum.latency);
  total.firstToken.merge(sum.firstToken);
}

function addErrors(sum: Sum, errors: Readonly<Record<string, number>>): void {
  for (const [code, count] of Object.entries(errors)) sum.errors[code] = (sum.errors[code] ?? 0) + count;
}

function toFigures({ saved, latency, firstToken, ...counted }: Sum): QualityFigures {
  const { completed, failed } = counted;
  return {
    ...counted,
    availability: completed + failed === 0 ? null : completed / (completed + failed),
    latencyMs: toPercentiles(latency),
    firstTokenMs: toPercentiles(firstToken),
    cacheSavedNanoUsd: saved.toString(),
  };
}

function toPercentiles(sketch: SketchSum) {
  const [p50 = null, p95 = null, p99 = null] = sketch.quantiles([0.5, 0.95, 0.99]);
  return { p50, p95, p99 };
}
