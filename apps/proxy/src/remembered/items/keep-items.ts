import { isRecord } from '@aggregator/contracts';
import { type ExpiringStore, keysMax } from '@aggregator/expiring-store';
import { type Caller, toConversationKey } from './conversation-key.ts';

const keptMs = 24 * 3_600_000;
const itemCharactersMax = 256 * 1024;

/**
 * Keeps the items of an answer for a day, so that the next turn of the same caller can refer to them. Only items with the
 * unguessable `answerId` in their id are kept, because an id of a provider may be the same in another answer; null for items
 * that the client has under the ids of its provider. Does not wait.
 */
export function keepItems(
  store: ExpiringStore,
  caller: Caller,
  answerId: string | null | undefined,
  items: unknown,
): void {
  if (answerId === undefined || !Array.isArray(items)) return;
  for (const item of items.slice(0, keysMax)) {
    if (!isRecord(item) || typeof item.id !== 'string' || !item.id.includes(answerId ?? '')) continue;
    const text = JSON.stringify(item);
    if (text.length <= itemCharactersMax) void store.set(toConversationKey('item', caller, item.id), text, keptMs);
  }
}
