import { z } from 'zod';
import { budgetsPerRequestMax, countedBudget } from '../budget.ts';
import { nanoUsdString } from '../money.ts';
import { price } from '../price.ts';
import { operation } from '../routing-snapshot.ts';
import { tags } from '../tags.ts';
import { usage } from '../usage.ts';

/** Event log topic; records are keyed by `orgId`, so an organisation's events keep their order. */
export const usageRecordedTopic = 'usage.recorded';
export const usageRecordedDeadLetterTopic = 'usage.recorded.dead-letter';

/** How a dispatched request ended. `void`: it is proven that the provider charged nothing. */
export const outcome = z.enum(['completed', 'aborted', 'failed', 'void']);
export type Outcome = z.infer<typeof outcome>;

/**
 * One call of one candidate, as it ended; `errorCode` is null where its answer was the one that was delivered to its
 * end.
 * `spent`: what a failed attempt used at its provider, by the figures that came or an estimate. The customer does not
 * pay it.
 */
export const attemptSummary = z.strictObject({
  provider: z.string().max(64),
  model: z.string().max(200),
  errorCode: z.string().max(64).nullable(),
  latencyMs: z.number().int().min(0),
  spent: z.strictObject({ usage, costNanoUsd: nanoUsdString, priceVersion: z.string().max(100) }).optional(),
});
export type AttemptSummary = z.infer<typeof attemptSummary>;

/** `errorBandPercent`: half of the range around the estimate that the true usage is expected in. */
export const estimateMethod = z.strictObject({
  method: z.string().max(64),
  version: z.string().max(64),
  errorBandPercent: z.number().int().min(0).max(1000),
});
export type EstimateMethod = z.infer<typeof estimateMethod>;

/** 72 bits of a keyed hash as base64url. */
const keyedHash = z.string().regex(/^[A-Za-z0-9_-]{12}$/);

/**
 * By what equal requests of one organisation are recognised: hashes with a key that only proxies have, so nothing can
 * be read from them.
 * `whole`: of the whole body; absent for a long one. `prefix`: of its first 8 KiB, which are `prefixPermille`
 * thousandths of it; absent for a shorter one.
 */
export const requestFingerprint = z.strictObject({
  whole: keyedHash.optional(),
  prefix: keyedHash.optional(),
  prefixPermille: z.number().int().min(0).max(1000).optional(),
});
export type RequestFingerprint = z.infer<typeof requestFingerprint>;

/** W3C trace context: version, id of the trace, id of the step, flags. */
export const traceparent = z.string().regex(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/);

/**
 * The one terminal settlement of a dispatched request: what it used and what it costs. Holds no prompt, no answer and
 * no personal data. Everything needed to compute the amount again is inside.
 */
export const usageRecorded = z.strictObject({
  schema: z.literal('usage.recorded/1'),
  /**
   * The request's id: a request is settled once, however many attempts it took. A second event with it changes nothing.
   */
  eventId: z.string().max(80),
  requestId: z.uuid(),
  /**
   * Number of the attempt that was charged, or of the last; the provider knows it as `<requestId>/<attempt>`. 0: none
   * (a cache hit).
   */
  attempt: z.number().int().min(0).max(100),
  /** Every attempt in its order; empty for a cache hit. */
  attempts: z.array(attemptSummary).max(32),
  /** Which spool wrote it, as its n-th record: a hole in `seq` is a lost event. */
  spool: z.strictObject({ id: z.string().max(100), epoch: z.number().int().min(1), seq: z.number().int().min(1) }),
  /** RFC 3339 UTC, when the request ended. */
  time: z.iso.datetime(),
  orgId: z.uuid(),
  userId: z.uuid(),
  keyId: z.uuid().nullable(),
  /** Team that the key works for; absent or null if none. */
  teamId: z.uuid().nullish(),
  /** Tags of the request; absent or null if it has none. */
  tags: tags.nullish(),
  operation,
  provider: z.string().max(64),
  model: z.string().max(200),
  usage,
  /**
   * What the provider reported, if it lies outside the bounds of the request (`usage_inconsistent`). Then `usage` is
   * the bound, which is what the customer pays. Absent or null if the report is what was charged.
   */
  reportedUsage: usage.nullish(),
  /** How `usage` was estimated; absent or null if it was not, or if it is a bound. */
  estimate: estimateMethod.nullish(),
  price,
  amountNanoUsd: nanoUsdString,
  /** Budgets that count the request; absent or null if none does. */
  budgets: z.array(countedBudget).max(budgetsPerRequestMax).nullish(),
  /** Of the attempt in its trace; absent or null where the request is not traced. */
  traceparent: traceparent.nullish(),
  /** True where the provider's own figures never reached us and `usage` is our bound or estimate. */
  estimated: z.boolean(),
  outcome,
  /** Catalogue code where the outcome is not `completed`. */
  errorCode: z.string().max(64).nullable(),
  /** Absent or null if it was not computed. */
  fingerprint: requestFingerprint.nullish(),
  isStreamed: z.boolean(),
  latencyMs: z.number().int().min(0),
  /** Time to the first token of the answer; null where none came. */
  ttftMs: z.number().int().min(0).nullable(),
  cache: z.enum(['hit', 'miss', 'bypass']),
});
export type UsageRecorded = z.infer<typeof usageRecorded>;
