import type { ClaimBounds, ClaimStore } from '@aggregator/expiring-store';
import { OnceServer } from '@aggregator/service-kit';
import type { ProxyConfig } from '../config.ts';
import type { ProxyEvents } from '../events.ts';

type Bounds = Pick<
  ProxyConfig,
  'idempotencyAnswerBytesMax' | 'idempotencyOrganizationBytesMax' | 'idempotencyBytesMax'
>;

const dayMs = 86_400_000;
const entriesMax = 5_000_000;
const organizationEntriesMax = 1_000_000;
/** Longest answers that one proxy records at once; most are a hundred times shorter. */
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

export function createOnceServer(
  config: Bounds,
  claims: ClaimStore,
  events: Pick<ProxyEvents, 'partFailed'>,
): OnceServer {
  return new OnceServer({
    claims,
    answerBytesMax: config.idempotencyAnswerBytesMax,
    recordingBytesMax: recordingsPerProcess * config.idempotencyAnswerBytesMax,
    onError: (error) => events.partFailed('idempotency', error),
  });
}
