import { type ClaimBounds, type ClaimStore, createClaimStore } from '@aggregator/expiring-store';
import type { idempotencyVariables } from '../config/idempotency-variables.ts';
import type { ConfigOf } from '../config/read-config.ts';
import { OnceServer } from './serve-once.ts';

type Bounds = ConfigOf<typeof idempotencyVariables>;

export interface ClaimsConfig extends Bounds {
  /** Unset, the claims are those of this process. */
  readonly redisUrl?: string | undefined;
  readonly redisKeyPrefix: string;
}

const dayMs = 86_400_000;
const entriesMax = 5_000_000;
const organizationEntriesMax = 1_000_000;
/** Longest answers that one process records at once; most are a hundred times shorter. */
const recordingsPerProcess = 16;
/** Compression makes nothing longer by more than its frame. */
const sealBytes = 128 * 1024;

export function claimBounds(config: Bounds): ClaimBounds {
  return {
    keptMs: dayMs,
    entriesMax,
    tenantEntriesMax: organizationEntriesMax,
    bytesMax: config.idempotencyBytesMax,
    tenantBytesMax: config.idempotencyOrganizationBytesMax,
    valueBytesMax: config.idempotencyAnswerBytesMax + sealBytes,
  };
}

/** Opens the claims that all gateways and proxies of an installation share. */
export function openClaims(config: ClaimsConfig, onError: (error: unknown) => void): ClaimStore {
  const keyPrefix = `${config.redisKeyPrefix}idempotency:`;
  return createClaimStore({ redisUrl: config.redisUrl, keyPrefix, ...claimBounds(config), onError });
}

export function createOnceServer(config: Bounds, claims: ClaimStore, onError: (error: unknown) => void): OnceServer {
  const { idempotencyAnswerBytesMax: answerBytesMax } = config;
  return new OnceServer({
    claims,
    answerBytesMax,
    recordingBytesMax: recordingsPerProcess * answerBytesMax,
    onError,
  });
}
