import { type ExpiringStore, keysMax } from '@aggregator/expiring-store';
import { isRecord, parseRecord } from '@aggregator/providers';
import type { ChatSurface } from '@aggregator/surfaces';
import { type Caller, toConversationKey } from '../conversations/conversation-key.ts';

/**
 * A body with the items in it that it only refers to. What is not remembered stays a reference, which the surface refuses with
 * words of its own. Asks the store once, for the last ones if there are too many.
 */
export async function recallItems(
  store: ExpiringStore,
  caller: Caller,
  { references }: Pick<ChatSurface, 'references'>,
  body: unknown,
): Promise<unknown> {
  const ids = references?.list(body).slice(-keysMax) ?? [];
  if (references === undefined || ids.length === 0) return body;
  const texts = await store.getMany(ids.map((id) => toConversationKey('item', caller, id)));
  const items = new Map<string, unknown>();
  for (const [at, id] of ids.entries()) {
    const text = texts[at] ?? null;
    const item = text === null ? null : parseRecord(text);
    if (isRecord(item)) items.set(id, item);
  }
  return references.resolve(body, items);
}
