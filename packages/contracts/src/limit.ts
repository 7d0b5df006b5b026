import { z } from 'zod';

/** Whose requests a limit counts together. */
export const limitLevel = z.enum(['organization', 'team', 'user', 'key']);
export type LimitLevel = z.infer<typeof limitLevel>;

/** Bounds of what a limit can allow; absent or null means that it does not count it. */
export const limitCounts = z.strictObject({
  requestsPerMinute: z.number().int().min(1).max(1_000_000).nullable(),
  tokensPerMinute: z.number().int().min(1).max(1_000_000_000).nullable(),
  concurrentRequests: z.number().int().min(1).max(100_000).nullable(),
});
export type LimitCounts = z.infer<typeof limitCounts>;

/** A limit that the organisation set, and that counts the requests of a principal. */
export const principalLimit = limitCounts.extend({
  id: z.uuid(),
  name: z.string().max(100),
  level: limitLevel,
  /** Models whose requests it counts; absent: all. */
  models: z.array(z.string().max(256)).max(100).optional(),
});
export type PrincipalLimit = z.infer<typeof principalLimit>;

/**
 * Limits of an organisation that count one request, at most: with those of the key and of the operator, what one step
 * takes.
 */
export const limitsPerRequestMax = 14;
