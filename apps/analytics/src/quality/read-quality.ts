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
const rowSchema = z.object({
  ...{ group: z.string(), requests: whole, completed: whole, failed: whole, aborted: whole, cacheHits: whole },
  ...{ saved: z.string().transform(BigInt), errors: counts, latency: z.string(), firstToken: z.string() },
});
type Row = z.output<typeof rowSchema>;

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
    SELECT ${groupSql[groupBy]} AS "group", requests::text, completed::text, failed::text, aborted::text,
      cache_hits::text AS "cacheHits", cache_saved_nano_usd::text AS saved, errors, latency::text,
      first_token::text AS "firstToken"
    FROM usage_quality
    WHERE org_id = ${orgId}::uuid AND (${Prisma.join(splitRange(filter, groupBy).map(toCondition), ' OR ')})
      ${model === undefined ? Prisma.empty : Prisma.sql`AND model = ${model}`}
      ${provider === undefined ? Prisma.empty : Prisma.sql`AND provider = ${provider}`}
    LIMIT ${rowsMax + 1}`.catch((cause: unknown) => {
    throw new AppError('service_unavailable', { internal: 'quality', cause, retryAfterMs: 1000 });
  });
  const rows = z.array(rowSchema).parse(found);
  const groups = Map.groupBy(rows, ({ group }) => group);
  if (rows.length > rowsMax || groups.size > groupsMax) {
    const message = `The answer would have more than ${groupsMax} groups. Ask for a shorter range or another grouping.`;
    throw new AppError('invalid_value', { param: 'groupBy', message });
  }
  const sums = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([group, of]) => [group, sumRows(of)] as const);
  const series = sums.map(([group, sum]) => ({ group, ...toFigures(sum) }));
  return { totals: toFigures(sums.reduce((total, [, sum]) => addSum(total, sum), sumRows([]))), series };
}

/** What several rows count, with their sketches merged. */
interface Sum extends Pick<Row, 'requests' | 'completed' | 'failed' | 'aborted' | 'cacheHits' | 'saved'> {
  errors: Record<string, number>;
  latency: SketchSum;
  firstToken: SketchSum;
}

function sumRows(rows: readonly Row[]): Sum {
  const sum: Sum = {
    requests: 0,
    completed: 0,
    failed: 0,
    aborted: 0,
    cacheHits: 0,
    saved: 0n,
    errors: {},
    latency: new SketchSum(),
    firstToken: new SketchSum(),
  };
  for (const row of rows) {
    addCounts(sum, row);
    sum.latency.addStored(row.latency);
    sum.firstToken.addStored(row.firstToken);
  }
  return sum;
}

function addSum(total: Sum, sum: Sum): Sum {
  addCounts(total, sum);
  total.latency.merge(sum.latency);
  total.firstToken.merge(sum.firstToken);
  return total;
}

function addCounts(sum: Sum, of: Omit<Sum, 'latency' | 'firstToken'>): void {
  for (const name of ['requests', 'completed', 'failed', 'aborted', 'cacheHits'] as const) sum[name] += of[name];
  sum.saved += of.saved;
  for (const [code, count] of Object.entries(of.errors)) sum.errors[code] = (sum.errors[code] ?? 0) + count;
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
