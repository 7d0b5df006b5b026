import type { AdmissionStore } from './port.ts';
import { createRedisAdmissionStore } from './redis/redis-store.ts';

const commandTimeoutMs = 1000;

/** The counter store that several processes share, with the deadlines of the request path. */
export function createAdmissionStore(options: {
  redisUrl: string;
  /** Installations with different prefixes share a server without meeting. */
  keyPrefix: string;
  onError(error: unknown): void;
}): AdmissionStore {
  const { redisUrl, keyPrefix, onError } = options;
  return createRedisAdmissionStore({ url: redisUrl, keyPrefix, commandTimeoutMs, onError });
}
