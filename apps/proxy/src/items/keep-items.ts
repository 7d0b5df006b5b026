import { type ExpiringStore, keysMax } from '@aggregator/expiring-store';
import { isRecord } from '@aggregator/providers';
import { toConversationKey } from '../conversations/conversation-key.ts';

const keptMs = 24 * 3_600_000;
const itemCharactersMax = 256 * 1024;

/** Keeps the items of an answer for a day, so that the next turn can refer to them. Nobody waits for it. */
export function keepItems(store: ExpiringStore, orgId: string, items: unknown): void {
  if (!Array.isArray(items)) return;
  for (const item of items.slice(0, keysMax)) {
    if (!isRecord(item) || typeof item.id !== 'string') continue;
    const text = JSON.stringify(item);
    if (text.length <= itemCharactersMax) void store.set(toConversationKey('item', orgId, item.id), text, keptMs);
  }
}
