import type { UsageRecorded } from '@aggregator/contracts';
import { priceUsage } from '@aggregator/pricing';
import { Sketch, type SketchCounts } from './sketch.ts';

/** Lengths of the steps of time that are kept. */
export const steps = ['minute', 'hour', 'day'] as const;
export type Step = (typeof steps)[number];
export const stepMs: Readonly<Record<Step, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** How requests of one organisation, provider and model went in one step of time. */
export interface QualityRow {
  orgId: string;
  step: Step;
  /** Start of the step, RFC 3339 UTC. */
  start: string;
  provider: string;
  model: string;
  requests: number;
  completed: number;
  failed: number;
  aborted: number;
  cacheHits: number;
  /** What the providers' caches of prompts saved the callers. */
  cacheSavedNanoUsd: bigint;
  /** Requests that did not complete, by code. */
  errors: Record<string, number>;
  /** Of completed requests. */
  latency: Sketch;
  firstToken: Sketch;
}

/** Sums events by row, in the order of the rows' keys, so that two writers always lock rows in the same order. */
export function foldQuality(events: readonly UsageRecorded[]): QualityRow[] {
  const rows = new Map<string, QualityRow>();
  for (const event of events) {
    const row = open(rows, event, 'minute', Date.parse(event.time));
    addEvent(row, event);
  }
  for (const row of [...rows.values()]) {
    const atMs = Date.parse(row.start);
    for (const step of ['hour', 'day'] as const) addRow(open(rows, row, step, atMs), row);
  }
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

type Dimensions = Pick<QualityRow, 'orgId' | 'provider' | 'model'>;

function open(rows: Map<string, QualityRow>, { orgId, provider, model }: Dimensions, step: Step, atMs: number) {
  const startMs = Math.floor(atMs / stepMs[step]) * stepMs[step];
  const key = [orgId.toLowerCase(), step, startMs, provider, model].join('\u0000');
  const known = rows.get(key);
  if (known !== undefined) return known;
  const start = new Date(startMs).toISOString();
  const row = emptyRow({ orgId: orgId.toLowerCase(), provider, model }, step, start);
  rows.set(key, row);
  return row;
}

function emptyRow(dimensions: Dimensions, step: Step, start: string): QualityRow {
  return {
    ...{ ...dimensions, step, start, requests: 0, completed: 0, failed: 0, aborted: 0, cacheHits: 0 },
    ...{ cacheSavedNanoUsd: 0n, errors: {}, latency: new Sketch(), firstToken: new Sketch() },
  };
}

function addEvent(row: QualityRow, event: UsageRecorded): void {
  const { outcome, errorCode, latencyMs, ttftMs, cache } = event;
  row.requests += 1;
  if (outcome === 'completed') {
    row.completed += 1;
    row.latency.add(latencyMs);
    if (ttftMs !== null) row.firstToken.add(ttftMs);
  } else if (outcome === 'aborted') row.aborted += 1;
  else row.failed += 1;
  if (errorCode !== null) row.errors[errorCode] = (row.errors[errorCode] ?? 0) + 1;
  if (cache === 'hit') row.cacheHits += 1;
  row.cacheSavedNanoUsd += savingOf(event);
}

/** What the tokens that the provider read from its cache of prompts would have cost more outside of it. */
function savingOf({ usage, price, amountNanoUsd, outcome }: UsageRecorded): bigint {
  const { cacheRead = 0, inputUncached = 0 } = usage;
  if (outcome !== 'completed' || cacheRead === 0) return 0n;
  try {
    const saved =
      priceUsage({ ...usage, cacheRead: 0, inputUncached: inputUncached + cacheRead }, price.rates) -
      BigInt(amountNanoUsd);
    return saved > 0n ? saved : 0n;
  } catch {
    // The model has no price of input outside of the cache.
    return 0n;
  }
}

/** Adds the counts of one row to another. */
function addRow(sum: QualityRow, row: QualityRow): void {
  sum.requests += row.requests;
  sum.completed += row.completed;
  sum.failed += row.failed;
  sum.aborted += row.aborted;
  sum.cacheHits += row.cacheHits;
  sum.cacheSavedNanoUsd += row.cacheSavedNanoUsd;
  for (const [code, count] of Object.entries(row.errors)) sum.errors[code] = (sum.errors[code] ?? 0) + count;
  sum.latency.merge(row.latency);
  sum.firstToken.merge(row.firstToken);
}

/** Returns the stored form of what a row counts. */
export function toStored(row: QualityRow): {
  errors: Record<string, number>;
  latency: SketchCounts;
  firstToken: SketchCounts;
} {
  return { errors: row.errors, latency: row.latency.toCounts(), firstToken: row.firstToken.toCounts() };
}
