import { createHash } from 'node:crypto';
import type { Principal } from '@aggregator/contracts';

/** Whose context is kept: one API key of an organisation, or one of its users without a key. */
export type Caller = Pick<Principal, 'orgId' | 'userId' | 'keyId' | 'storesResponses'>;

/**
 * Returns the name under which context of a caller is kept. Two keys of one organisation are two callers, and never find each
 * other's context. `name` must be something that no other conversation has: an unguessable id that this proxy made, or a hash
 * of the conversation. An id that a provider or a client chose is the same in many conversations.
 */
export function toConversationKey(
  kind: 'conversation' | 'item' | 'reasoning' | 'response',
  caller: Caller,
  name: string,
): string {
  const owner = caller.keyId === null ? `user:${caller.userId}` : `key:${caller.keyId}`;
  const hash = createHash('sha256').update(`${owner}\n${name}`).digest('base64url');
  return `proxy:${kind}2:{${caller.orgId}}:${hash}`;
}
