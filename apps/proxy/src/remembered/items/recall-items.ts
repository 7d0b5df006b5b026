import { AppError, isRecord, parseRecord } from '@aggregator/contracts';
import { type ExpiringStore, keysMax } from '@aggregator/expiring-store';
import type { ChatSurface } from '@aggregator/surfaces';
import { type Caller, toConversationKey } from './conversation-key.ts';

const tooLong = 'The items that `input` refers to are longer together than a request may be.';

/**
 * A body with the items in it that it only refers to. What is not remembered stays a reference, which the surface refuses in
 * its own words. Asks the store once, for the last ones if there are too many. Each reference counts: together the items have
 * at most `charactersMax` UTF-16 units, so that a short body does not become a long one.
 * @throws {AppError} `request_too_large`
 */
export async function recallItems(
  store: ExpiringStore,
  caller: Caller,
  { references }: Pick<ChatSurface, 'references'>,
  body: unknown,
  charactersMax: number,
): Promise<unknown> {
  const listed = references?.list(body) ?? [];
  if (references === undefined || listed.length === 0) return body;
  const ids = [...new Set(listed)].slice(-keysMax);
  const texts = await store.getMany(ids.map((id) => toConversationKey('item', caller, id)));
  const items = new Map<string, unknown>();
  const lengths = new Map<string, number>();
  for (const [at, id] of ids.entries()) {
    const text = texts[at] ?? null;
    const item = text === null ? null : parseRecord(text);
    if (!isRecord(item)) continue;
    items.set(id, item);
    lengths.set(id, text?.length ?? 0);
  }
  const characters = listed.reduce((sum, id) => sum + (lengths.get(id) ?? 0), 0);
  if (characters > charactersMax) throw new AppError('request_too_large', { param: 'input', message: tooLong });
  return references.resolve(body, items);
}
