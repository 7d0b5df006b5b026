import { createHash } from 'node:crypto';
import type { Tags, Usage, UsageCorrected, UsageRecorded } from '@aggregator/contracts';

/** Stands for "no API key", where an access token was used, and for "no team". */
export const nilId = '00000000-0000-0000-0000-000000000000';

/** What a batch of events adds to one row of the rollups. */
export interface RollupDelta {
  orgId: string;
  /** Start of the hour or of the minute, RFC 3339 UTC. */
  start: string;
  provider: string;
  model: string;
  keyId: string;
  userId: string;
  requests: bigint;
  completed: bigint;
  failed: bigint;
  inputTokens: bigint;
  outputTokens: bigint;
  amountNanoUsd: bigint;
  latencyMsSum: bigint;
}

/** What it adds to one row of a team and its tags. */
export interface DetailDelta extends RollupDelta {
  teamId: string;
  /** SHA-256 (hex) of `tags`. */
  tagsHash: string;
  /** In the order of their keys. */
  tags: Tags;
}

const stepMs = { minute: 60_000, hour: 3_600_000 };
type Step = keyof typeof stepMs;

const folded: Tags = { '*': 'more' };

/** Of the row of an hour's sets of tags above the bound. No request can have them: `*` is no key of a tag. */
export const foldedTags = { tags: folded, tagsHash: hashTags(folded) };

/**
 * Sums events by row, for hours and for minutes. In the order of the rows' keys, so that two writers always lock rows in the
 * same order.
 */
export function foldUsage(events: readonly UsageRecorded[]): Record<Step, RollupDelta[]> {
  const minute = fold(events.map(toMinuteDelta), toKey);
  return { minute, hour: fold(minute.map(toHour), toKey) };
}

/** The same of events that have a team or tags. */
export function foldDetails(events: readonly UsageRecorded[]): DetailDelta[] {
  return fold(
    events.filter(hasDetail).map((event) => ({ ...toHour(toMinuteDelta(event)), ...toDetail(event) })),
    toDetailKey,
  );
}

/** The same sums with the tags of those that are not kept replaced by `foldedTags`. */
export function foldMoreTags(deltas: readonly DetailDelta[], isKept: (delta: DetailDelta) => boolean): DetailDelta[] {
  return fold(
    deltas.map((delta) => (isKept(delta) ? delta : { ...delta, ...foldedTags })),
    toDetailKey,
  );
}

function toDetailKey(delta: DetailDelta): string {
  return [toKey(delta), delta.teamId, delta.tagsHash].join('\u0000');
}

function fold<Delta extends RollupDelta>(given: readonly Delta[], keyOf: (delta: Delta) => string): Delta[] {
  const deltas = new Map<string, Delta>();
  for (const delta of given) {
    const key = keyOf(delta);
    const sum = deltas.get(key);
    if (sum === undefined) deltas.set(key, { ...delta });
    else addTo(sum, delta);
  }
  return [...deltas].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, delta]) => delta);
}

function toKey({ orgId, start, provider, model, keyId, userId }: RollupDelta): string {
  return [orgId, start, provider, model, keyId, userId].join('\u0000');
}

/** True if an event counts in the rollup of teams and tags, too. */
export function hasDetail({ teamId, tags }: Pick<UsageRecorded, 'teamId' | 'tags'>): boolean {
  return teamId != null || tags != null;
}

/** Team and tags of an event, as their row has them. */
export function toDetail(event: Pick<UsageRecorded, 'teamId' | 'tags'>): Omit<DetailDelta, keyof RollupDelta> {
  const tags = Object.fromEntries(Object.entries(event.tags ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { teamId: event.teamId?.toLowerCase() ?? nilId, tagsHash: hashTags(tags), tags };
}

function hashTags(tags: Tags): string {
  return createHash('sha256').update(JSON.stringify(tags)).digest('hex');
}

/** What a correction adds to the minute of its settlement: the difference, below zero if the truth is less. */
export function toCorrectionDelta(event: UsageCorrected): RollupDelta {
  const [settled, actual] = [countTokens(event.settled.usage), countTokens(event.actual.usage)];
  return {
    ...toRow(event, event.settled.time),
    ...{ requests: 0n, completed: 0n, failed: 0n, latencyMsSum: 0n },
    inputTokens: actual.inputTokens - settled.inputTokens,
    outputTokens: actual.outputTokens - settled.outputTokens,
    amountNanoUsd: BigInt(event.actual.amountNanoUsd) - BigInt(event.settled.amountNanoUsd),
  };
}

/** The same delta for the row of its hour. */
export const toHour = (delta: RollupDelta): RollupDelta => ({ ...delta, start: startOf(delta.start, 'hour') });

const startOf = (time: string, step: Step) =>
  new Date(Math.floor(Date.parse(time) / stepMs[step]) * stepMs[step]).toISOString();

function toMinuteDelta(event: UsageRecorded): RollupDelta {
  const isCompleted = event.outcome === 'completed';
  return {
    ...toRow(event, event.time),
    ...countTokens(event.usage),
    requests: 1n,
    completed: isCompleted ? 1n : 0n,
    // The caller's own breaking off is no failure of the service.
    failed: event.outcome === 'failed' || event.outcome === 'void' ? 1n : 0n,
    amountNanoUsd: BigInt(event.amountNanoUsd),
    latencyMsSum: isCompleted ? BigInt(event.latencyMs) : 0n,
  };
}

/** The row of the minute that an event of this time counts in. */
function toRow(event: UsageRecorded | UsageCorrected, time: string) {
  return {
    // One spelling of each UUID, as the database has it: two spellings would be one row twice in a batch.
    orgId: event.orgId.toLowerCase(),
    start: startOf(time, 'minute'),
    provider: event.provider,
    model: event.model,
    keyId: event.keyId?.toLowerCase() ?? nilId,
    userId: event.userId.toLowerCase(),
  };
}

function countTokens(usage: Usage): Pick<RollupDelta, 'inputTokens' | 'outputTokens'> {
  const sum = (...units: (number | undefined)[]) => units.reduce((total, value) => total + BigInt(value ?? 0), 0n);
  return {
    inputTokens: sum(usage.inputUncached, usage.cacheRead, usage.cacheWrite5m, usage.cacheWrite1h),
    outputTokens: sum(usage.outputText, usage.outputReasoning),
  };
}

function addTo(sum: RollupDelta, delta: RollupDelta): void {
  sum.requests += delta.requests;
  sum.completed += delta.completed;
  sum.failed += delta.failed;
  sum.inputTokens += delta.inputTokens;
  sum.outputTokens += delta.outputTokens;
  sum.amountNanoUsd += delta.amountNanoUsd;
  sum.latencyMsSum += delta.latencyMsSum;
}
