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
/** What became of a change. `busy`: others changed the record each time. */
export type RecordChange = 'written' | 'absent' | 'too_long' | 'busy';
/** Others may come first as often as this. */
const changeTurnsMax = 40;
/** Longest pause before the next turn, ms. */
const changePauseMs = 30;
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

  /**
   * Changes a record that may be changed elsewhere at the same time: each change is made of the one before it.
   * @param change Returns the new record of the one that is there. Called again if another change came first.
   */
  async change(caller: Caller, id: string, change: (value: unknown) => unknown): Promise<RecordChange> {
    if (this.isOff(caller)) return 'absent';
    const key = toConversationKey(this.#kind, caller, id);
    const secret = this.#keyOf(caller, id);
    let written: string | null = null;
    for (let turn = 0; turn < changeTurnsMax; turn += 1) {
      const sealed = await this.#find(key);
      // A write of this change was in doubt.
      if (sealed !== null && sealed === written) return 'written';
      const found: Buffer | null = sealed === null ? null : decrypt(secret, Buffer.from(sealed, 'base64url'));
      if (sealed === null || found === null) return 'absent';
      const bytes: Buffer = Buffer.from(JSON.stringify(change(parseExactJson(found.toString()))));
      if (bytes.length > bytesMax) return 'too_long';
      written = encrypt(secret, bytes).toString('base64url');
      if (await this.#store.replace(key, sealed, written, this.#keptMs)) return 'written';
      await pause(Math.random() * changePauseMs);
    }
    return 'busy';
  }

  async delete(caller: Caller, id: string): Promise<void> {
    await this.#store.delete(toConversationKey(this.#kind, caller, id));
  }

  /** Leaves a mark on a record for `ms` milliseconds at most. */
  async mark(caller: Caller, id: string, mark: string, ms = this.#keptMs): Promise<void> {
    if (!this.isOff(caller)) await this.#store.set(toConversationKey(this.#kind, caller, `${id}\n${mark}`), '1', ms);
  }

  /** Returns for each of these marks if a record has it. */
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
