import { z } from 'zod';
import { nanoUsdString } from '../money.ts';
import { monthPeriod } from './statements.ts';

/** `GET /billing/advice`: how an organisation could have paid less in a month. docs/advice.md explains it. */

/**
 * `cheaper_model`: another model with the same capabilities. `cheaper_provider`: another provider of the same model.
 * `repeated_requests`: identical requests that the answer cache could have served. `prompt_caching`: a long beginning
 * that requests share, and that the provider's prompt cache did not serve. `batch`: long stretches of requests without
 * streaming. `idle_key`: an API key without requests.
 */
export const adviceKind = z.enum([
  'cheaper_model',
  'cheaper_provider',
  'repeated_requests',
  'prompt_caching',
  'batch',
  'idle_key',
]);

/** Without a month: the one before the present month, by the time zone of the profile. */
export const adviceQuery = z.strictObject({ period: monthPeriod.optional() });

const served = z.strictObject({ provider: z.string(), model: z.string() });

export const advice = z.strictObject({
  kind: adviceKind,
  /** What served the requests; null for an idle key. */
  current: served.nullable(),
  /** What to use in its place; null if the advice is another one. */
  proposed: served.nullable(),
  /** The API key that it is about; null if it is about all keys together. */
  keyId: z.uuid().nullable(),
  /** Requests that were computed again; 0 for an idle key. */
  requests: z.number().int().min(0),
  /** What they were charged, and what they would have cost: each computed again from its own usage. */
  paidNanoUsd: nanoUsdString,
  wouldCostNanoUsd: nanoUsdString,
  /** The difference of both. Above zero, or zero for an idle key. */
  savedNanoUsd: nanoUsdString,
  /** How the figures are computed and what to do, in English sentences. */
  explanation: z.string(),
  /** Ids of some of the requests, for `GET /billing/explain/{requestId}`. */
  examples: z.array(z.uuid()).max(3),
});
export type Advice = z.infer<typeof advice>;

export const adviceAnswer = z.strictObject({
  organizationId: z.uuid(),
  period: monthPeriod,
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  computedAt: z.iso.datetime(),
  /** Charged requests that were read. */
  requests: z.number().int().min(0),
  paidNanoUsd: nanoUsdString,
  /** False if the month has more requests than are read: only the newest count. */
  isComplete: z.boolean(),
  /** The largest saving first. Savings do not add up: two of them may be about the same requests. */
  data: z.array(advice).max(100),
});
export type AdviceAnswer = z.infer<typeof adviceAnswer>;
