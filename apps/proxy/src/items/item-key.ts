import { createHash } from 'node:crypto';

/** An id may be anything: its hash is a name. No organisation finds what another one was answered. */
export function toItemKey(orgId: string, itemId: string): string {
  return `proxy:item:{${orgId}}:${createHash('sha256').update(itemId).digest('base64url')}`;
}
