import { createMemoryClaimStore } from './memory-claims.ts';
import type { ClaimBounds, ClaimStore } from './port.ts';
import { createRedisClaimStore } from './redis-claims.ts';

export interface ClaimStoreOptions extends ClaimBounds {
  /** Unset, the claims are those of this process. */
  readonly redisUrl: string | undefined;
  readonly keyPrefix: string;
  onError(error: unknown): void;
}

export function createClaimStore({ redisUrl, ...options }: ClaimStoreOptions): ClaimStore {
  return redisUrl === undefined
    ? createMemoryClaimStore(options)
    : createRedisClaimStore({ ...options, url: redisUrl });
}
