import { z } from 'zod';
import { outcome } from '../events/usage-recorded.ts';
import { instant } from '../instant.ts';
import { nanoUsdString } from '../money.ts';
import { tags } from '../tags.ts';
import { queryPage } from './page.ts';

/** `GET /billing/requests`: requests that reached a provider, the newest first. All filters are optional. */
export const requestQuery = z.strictObject({
  ...queryPage.shape,
  /** Requests that began at or after this instant. */
  from: instant.optional(),
  /** Requests that began before this instant. */
  to: instant.optional(),
  provider: z.string().min(1).max(256).optional(),
  model: z.string().min(1).max(256).optional(),
  keyId: z.uuid().optional(),
  userId: z.uuid().optional(),
  teamId: z.uuid().optional(),
  outcome: outcome.optional(),
});
export type RequestQuery = z.infer<typeof requestQuery>;

export const listedRequest = z.strictObject({
  requestId: z.uuid(),
  /** When the request ended. */
  time: z.iso.datetime(),
  operation: z.string(),
  provider: z.string(),
  model: z.string(),
  outcome,
  /** What it was charged; before later corrections. */
  amountNanoUsd: nanoUsdString,
  /** True where the provider's own figures never reached us. */
  estimated: z.boolean(),
  /** Milliseconds; null if it was settled before it was kept. */
  latencyMs: z.number().int().min(0).nullable(),
  userId: z.uuid(),
  /** Null if it was sent without an API key. */
  keyId: z.uuid().nullable(),
  /** Null if the key works for no team. */
  teamId: z.uuid().nullable(),
  /** Names of now; absent if there is none. */
  userName: z.string().optional(),
  keyName: z.string().optional(),
  teamName: z.string().optional(),
  /** Absent if it has none. */
  tags: tags.optional(),
});
export type ListedRequest = z.infer<typeof listedRequest>;

/**
 * A page can have fewer rows than its limit, or none, and still a next one: 5,000 requests are looked at for each page.
 * Details of compacted months are not listed.
 */
export const requestPage = z.strictObject({ data: z.array(listedRequest), nextCursor: z.uuid().nullable() });
export type RequestPage = z.infer<typeof requestPage>;
