import { z } from 'zod';
import { credentialRef } from '../routing-snapshot.ts';

/**
 * Orchestrator → a proxy that starts while the orchestrator is away, sealed in the store that both share: what was
 * published last, and the secrets behind its `stored:` references.
 */
export const lastKnownGood = z.object({
  /** Read as one that comes over the stream: entry by entry. */
  snapshot: z.unknown(),
  credentials: z.record(credentialRef, z.string().min(1).max(16_384)),
});
export type LastKnownGood = z.infer<typeof lastKnownGood>;
