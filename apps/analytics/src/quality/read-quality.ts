import { AppError, type QualityAnswer, type QualityFigures } from '@aggregator/contracts';
import { z } from 'zod';
import type { Database } from '../database/create-database.ts';
import { Prisma } from '../generated/prisma/client.ts';
import type { UsageRange } from '../usage/read-range.ts';
import { stepMs } from './fold-quality.ts';
import { type SketchCounts, SketchSum } from './sketch.ts';

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

/** Days where the range has whole ones, and hours at its ends: fewer rows are read. */
export function toSteps({ from, to }: UsageRange, groupBy: Grouping): Prisma.Sql {
  if (groupBy === 'minute' || groupBy === 'hour') return toStep(groupBy, from, to);
  const firstDay = new Date(Math.ceil(from.getTime() / stepMs.day) * stepMs.day);
  const lastDay = new Date(Math.floor(to.getTime() / stepMs.day) * stepMs.day);
  if (firstDay >= lastDay) return toStep('hour', from, to);
  const parts = [toStep('hour', from, firstDay), toStep('day', firstDay, lastDay), toStep('hour', lastDay, to)];
  return Prisma.sql`(${Prisma.join(parts, ' OR ')})`;
}

const toStep = (step: string, from: Date, to: Date) =>
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
    WHERE org_id = ${orgId}::uuid AND ${toSteps(filter, groupBy)}
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
  const series = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
  return { totals: toFigures(rows), series: series.map(([group, of]) => ({ group, ...toFigures(of) })) };
}

function toFigures(rows: readonly Row[]): QualityFigures {
  const latency = new SketchSum();
  const firstToken = new SketchSum();
  const errors: Record<string, number> = {};
  let saved = 0n;
  for (const row of rows) {
    latency.add(toCounts(row.latency));
    firstToken.add(toCounts(row.firstToken));
    for (const [code, count] of Object.entries(row.errors)) errors[code] = (errors[code] ?? 0) + count;
    saved += row.saved;
  }
  const sum = (read: (row: Row) => number) => rows.reduce((total, row) => total + read(row), 0);
  const [completed, failed] = [sum((row) => row.completed), sum((row) => row.failed)];
  return {
    ...{ requests: sum((row) => row.requests), completed, failed, aborted: sum((row) => row.aborted) },
    availability: completed + failed === 0 ? null : completed / (completed + failed),
    ...{ latencyMs: toPercentiles(latency), firstTokenMs: toPercentiles(firstToken), errors },
    ...{ cacheHits: sum((row) => row.cacheHits), cacheSavedNanoUsd: saved.toString() },
  };
}

/** They are many, and ours: they are parsed here, and not checked one by one. */
const toCounts = (text: string): SketchCounts => JSON.parse(text);

const toPercentiles = (sketch: SketchSum) => ({
  ...{ p50: sketch.quantile(0.5), p95: sketch.quantile(0.95), p99: sketch.quantile(0.99) },
});
