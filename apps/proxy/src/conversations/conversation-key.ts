import { createHash } from 'node:crypto';

/** An id is the provider's or the caller's, and may be anything: its hash is a name. No organisation finds what is another one's. */
export function toConversationKey(kind: 'item' | 'reasoning', orgId: string, id: string): string {
  return `proxy:${kind}:{${orgId}}:${createHash('sha256').update(id).digest('base64url')}`;
}
