import { hkdfSync } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { parseExactJson } from '@aggregator/contracts';
import type { ExpiringStore } from '@aggregator/expiring-store';
import { decrypt, encrypt, OpenMap } from '@aggregator/service-kit';
import { type Caller, toConversationKey } from '../items/conversation-key.ts';

type Kind = 'conversation' | 'response';

/** UTF-8 bytes of a record; a longer one is not kept. */
const bytesMax = 700 * 1024;
/** Writes that are under way and known here; those beyond are found when the store has them. */
const writesMax = 1000;
/** A record that another proxy wrote a moment ago is on its way to the store: pauses between looks, ms. */
const looksAfterMs = [20, 60, 170];

/**
 * Records that a caller finds by an unguessable id. Each belongs to one caller: the id of another is as unknown as one that does
 * not exist. A record is encrypted (AES-256-GCM) with a key made of its id, of which the store has only a hash.
 */
export class SealedRecords {
  readonly #store: ExpiringStore;
  readonly #kind: Kind;
  readonly #keptMs: number;
  /** By the key in the store. A client may use a record before its write has ended. */
  readonly #writes = new OpenMap<string, Promise<unknown>>();

  /** `keptMs`: 0 keeps nothing. */
  constructor(store: ExpiringStore, kind: Kind, keptMs: number) {
    this.#store = store;
    this.#kind = kind;
    this.#keptMs = keptMs;
  }

  /** True if nothing of this caller is kept. */
  isOff({ storesResponses = true }: Pick<Caller, 'storesResponses'>): boolean {
    return this.#keptMs === 0 || !storesResponses;
  }

  /** Resolves when the record is written, or at once with false if it is not kept. */
  async write(caller: Caller, id: string, value: unknown): Promise<boolean> {
    if (this.isOff(caller)) return false;
    const bytes = Buffer.from(JSON.stringify(value));
    if (bytes.length > bytesMax) return false;
    const key = toConversationKey(this.#kind, caller, id);
    const sealed = encrypt(this.#keyOf(caller, id), bytes).toString('base64url');
    const write = this.#store.set(key, sealed, this.#keptMs).finally(() => {
      if (this.#writes.get(key) === write) this.#writes.delete(key);
    });
    if (this.#writes.size < writesMax) this.#writes.set(key, write);
    await write;
    return true;
  }

  /** Null if this caller has no such record, or not any more. */
  async read(caller: Caller, id: string): Promise<unknown> {
    if (this.isOff(caller)) return null;
    const sealed = await this.#find(toConversationKey(this.#kind, caller, id));
    const bytes = sealed === null ? null : decrypt(this.#keyOf(caller, id), Buffer.from(sealed, 'base64url'));
    return bytes === null ? null : parseExactJson(bytes.toString());
  }

  async delete(caller: Caller, id: string): Promise<void> {
    await this.#store.delete(toConversationKey(this.#kind, caller, id));
  }

  /** Leaves a mark on a record for `ms` milliseconds at most. */
  async mark(caller: Caller, id: string, mark: string, ms = this.#keptMs): Promise<void> {
    if (!this.isOff(caller)) await this.#store.set(toConversationKey(this.#kind, caller, `${id}\n${mark}`), '1', ms);
  }

  /** Whether a record has each of these marks. */
  async readMarks(caller: Caller, id: string, marks: readonly string[]): Promise<readonly boolean[]> {
    const keys = marks.map((mark) => toConversationKey(this.#kind, caller, `${id}\n${mark}`));
    return (await this.#store.getMany(keys)).map((text) => text !== null);
  }

  async #find(key: string): Promise<string | null> {
    await this.#writes.get(key);
    let sealed = await this.#store.get(key);
    for (const ms of looksAfterMs) {
      if (sealed !== null) break;
      await pause(ms);
      sealed = await this.#store.get(key);
    }
    return sealed;
  }

  #keyOf({ orgId }: Caller, id: string): Buffer {
    return Buffer.from(hkdfSync('sha256', id, orgId, `stored ${this.#kind}`, 32));
  }
}
