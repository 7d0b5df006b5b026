import { z } from 'zod';
import { instant } from '../instant.ts';
import { nanoUsdString } from '../money.ts';

export const qualityGrouping = z.enum(['minute', 'hour', 'day', 'model', 'provider']);

/** `GET /analytics/quality`. As for usage; minutes are kept for 48 hours, and 24 are shown at most. */
export const qualityQuery = z.strictObject({
  from: instant.optional(),
  to: instant.optional(),
  groupBy: qualityGrouping.optional(),
  model: z.string().min(1).max(256).optional(),
  provider: z.string().min(1).max(256).optional(),
});

/** Milliseconds, each within 2 %; null where no request completed. */
const percentiles = z.strictObject({
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
});

export const qualityFigures = z.strictObject({
  requests: z.number().int(),
  completed: z.number().int(),
  failed: z.number().int(),
  /** The caller broke off. */
  aborted: z.number().int(),
  /** Part of the requests that completed, of those that completed or failed: 0 to 1; null if there are none. */
  availability: z.number().nullable(),
  /** Of completed requests, to the end of the answer. */
  latencyMs: percentiles,
  /** Of completed requests, to the first token. */
  firstTokenMs: percentiles,
  /** Requests by the code of their error. */
  errors: z.record(z.string(), z.number().int()),
  /** Requests that the answer cache has answered. */
  cacheHits: z.number().int(),
  /** What tokens cost less because a provider read them from its cache of prompts. */
  cacheSavedNanoUsd: nanoUsdString,
});
export type QualityFigures = z.infer<typeof qualityFigures>;

export const qualityAnswer = z.strictObject({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  groupBy: qualityGrouping,
  /** Users and API keys with a request in the range. The nil UUID, for requests without a key, counts as one. */
  activeUsers: z.number().int(),
  activeKeys: z.number().int(),
  /** Mean, rounded down; null if there are no requests. */
  costPerRequestNanoUsd: nanoUsdString.nullable(),
  totals: qualityFigures,
  series: z.array(qualityFigures.extend({ group: z.string() })),
});
export type QualityAnswer = z.infer<typeof qualityAnswer>;
