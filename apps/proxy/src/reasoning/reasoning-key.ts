import { createHash } from 'node:crypto';

/** An id is the provider's, and may be anything: its hash is a name. No organisation finds what another one's model thought. */
export function toReasoningKey(orgId: string, callId: string): string {
  return `proxy:reasoning:{${orgId}}:${createHash('sha256').update(callId).digest('base64url')}`;
}
