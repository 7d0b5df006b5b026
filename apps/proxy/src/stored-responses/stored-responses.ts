import { hkdfSync } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { parseExactJson } from '@aggregator/contracts';
import type { ExpiringStore } from '@aggregator/expiring-store';
import { isRecord } from '@aggregator/providers';
import { decrypt, encrypt, OpenMap } from '@aggregator/service-kit';
import { type Caller, toConversationKey } from '../conversations/conversation-key.ts';

/** A response as its client received it, and all items that it was made from. */
export interface StoredResponse {
  readonly response: Readonly<Record<string, unknown>>;
  readonly input: readonly unknown[];
}

/** UTF-8 bytes of a response with its input; a longer one is not kept. */
const bytesMax = 700 * 1024;
/** Ids that nobody guesses: this proxy's, with 128 random bits in them, and those of a provider of the dialect. */
const longId = /^resp_[0-9A-Za-z_-]{32,128}$/;
/** Writes that are under way and known here; those beyond are found when the store has them. */
const writesMax = 1000;
/** A response that another proxy gave a moment ago is on its way to the store: pauses between looks, ms. */
const looksAfterMs = [20, 60, 170];

/**
 * Responses that a client may continue, read and delete by their ids. Each belongs to one caller: the id of another is as unknown as
 * one that nobody has. A text is encrypted (AES-256-GCM) with a key made of the id, of which the store has only a hash.
 */
export class StoredResponses {
  readonly #store: ExpiringStore;
  readonly #items: ExpiringStore;
  readonly #keptMs: number;
  /** By the key in the store. A client may continue a response before its write has ended. */
  readonly #writes = new OpenMap<string, Promise<unknown>>();

  /** `items`: where the items of answers are kept. `keptMs`: 0 keeps nothing. */
  constructor(store: ExpiringStore, items: ExpiringStore, keptMs: number) {
    this.#store = store;
    this.#items = items;
    this.#keptMs = keptMs;
  }

  get isOff(): boolean {
    return this.#keptMs === 0;
  }

  /** Does not wait. A response that is too long is not kept. */
  keep(caller: Caller, stored: StoredResponse): void {
    const { id } = stored.response;
    if (this.isOff || typeof id !== 'string' || !longId.test(id)) return;
    const bytes = Buffer.from(JSON.stringify(stored));
    if (bytes.length > bytesMax) return;
    const key = toConversationKey('response', caller, id);
    const sealed = encrypt(keyOf(caller, id), bytes).toString('base64url');
    const write = this.#store.set(key, sealed, this.#keptMs).finally(() => this.#writes.delete(key));
    if (this.#writes.size < writesMax) this.#writes.set(key, write);
  }

  /** Null for an id that this caller has no response of, or none any more. */
  async read(caller: Caller, id: string): Promise<StoredResponse | null> {
    if (!longId.test(id)) return null;
    const sealed = await this.#find(toConversationKey('response', caller, id));
    const bytes = sealed === null ? null : decrypt(keyOf(caller, id), Buffer.from(sealed, 'base64url'));
    const value = bytes === null ? null : parseExactJson(bytes.toString());
    if (!isRecord(value) || !isRecord(value.response) || !Array.isArray(value.input)) return null;
    return { response: value.response, input: value.input };
  }

  async #find(key: string): Promise<string | null> {
    await this.#writes.get(key);
    let sealed = await this.#store.get(key);
    for (const ms of looksAfterMs) {
      if (sealed !== null || this.isOff) break;
      await pause(ms);
      sealed = await this.#store.get(key);
    }
    return sealed;
  }

  /** Returns false if there is nothing to delete. The items of the response cannot be referred to any more. */
  async delete(caller: Caller, id: string): Promise<boolean> {
    const stored = await this.read(caller, id);
    if (stored === null) return false;
    const { output } = stored.response;
    const items = Array.isArray(output) ? output.filter(isRecord) : [];
    const keys = items.flatMap(({ id: itemId }) =>
      typeof itemId === 'string' ? [toConversationKey('item', caller, itemId)] : [],
    );
    await this.#store.delete(toConversationKey('response', caller, id));
    await Promise.all(keys.map((key) => this.#items.delete(key)));
    return true;
  }
}

function keyOf({ orgId }: Caller, id: string): Buffer {
  return Buffer.from(hkdfSync('sha256', id, orgId, 'stored response', 32));
}
