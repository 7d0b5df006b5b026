import { randomBytes } from 'node:crypto';
import { AppError, isRecord } from '@aggregator/contracts';
import { OpenMap } from '@aggregator/service-kit';
import type { Caller } from '../items/conversation-key.ts';
import type { SealedRecords } from './sealed-records.ts';

/** A conversation that its client continues by its id. */
export interface StoredConversation {
  readonly id: string;
  /** Unix seconds. */
  readonly createdAt: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** In order, each with an `id`. */
  readonly items: readonly unknown[];
}

const conversationId = /^conv_[0-9a-f]{48}$/;
/** Conversations that are being changed here. */
const changesMax = 10_000;

/** Conversations of callers. The changes of one conversation come one after another, in all proxies. */
export class StoredConversations {
  readonly #records: SealedRecords;
  readonly #changes = new OpenMap<string, Promise<unknown>>();

  constructor(records: SealedRecords) {
    this.#records = records;
  }

  isOff(caller: Pick<Caller, 'storesResponses'>): boolean {
    return this.#records.isOff(caller);
  }

  /** Returns null if it is not kept. */
  async create(
    caller: Caller,
    { metadata, items, createdAt }: Omit<StoredConversation, 'id'>,
  ): Promise<StoredConversation | null> {
    const id = `conv_${randomBytes(24).toString('hex')}`;
    const conversation = { id, createdAt, metadata, items: items.map(withId) };
    return (await this.#records.write(caller, id, conversation)) ? conversation : null;
  }

  /** Null for an id that this caller has no conversation of, or none any more. */
  async read(caller: Caller, id: string): Promise<StoredConversation | null> {
    const value = conversationId.test(id) ? await this.#records.read(caller, id) : null;
    return value === null ? null : toConversation(id, value);
  }

  /**
   * Changes a conversation as it is then. Returns null if there is none.
   * @throws {AppError} `request_too_large` if it becomes longer than a record; then it stays as it is.
   */
  change(
    caller: Caller,
    id: string,
    change: (conversation: StoredConversation) => Partial<Pick<StoredConversation, 'metadata' | 'items'>>,
  ): Promise<StoredConversation | null> {
    const before = this.#changes.get(id) ?? Promise.resolve();
    const changing = before.then(
      () => this.#change(caller, id, change),
      () => this.#change(caller, id, change),
    );
    if (this.#changes.size >= changesMax && !this.#changes.has(id)) return changing;
    this.#changes.set(id, changing);
    const forget = () => {
      if (this.#changes.get(id) === changing) this.#changes.delete(id);
    };
    changing.then(forget, forget);
    return changing;
  }

  async #change(
    caller: Caller,
    id: string,
    change: (conversation: StoredConversation) => Partial<Pick<StoredConversation, 'metadata' | 'items'>>,
  ): Promise<StoredConversation | null> {
    if (!conversationId.test(id)) return null;
    let conversation: StoredConversation | null = null;
    const result = await this.#records.change(caller, id, (value) => {
      const found = toConversation(id, value);
      const changed = { ...found, ...change(found) };
      conversation = { ...changed, items: changed.items.map(withId) };
      return conversation;
    });
    switch (result) {
      case 'written':
        return conversation;
      case 'absent':
        return null;
      case 'too_long':
        throw new AppError('request_too_large', { message: 'The conversation is longer than one that can be stored.' });
      case 'busy':
        throw new AppError('conflict', { message: 'The conversation was changed by other requests at the same time.' });
    }
  }

  /** Returns false if there is nothing to delete. */
  async delete(caller: Caller, id: string): Promise<boolean> {
    if ((await this.read(caller, id)) === null) return false;
    await this.#records.delete(caller, id);
    return true;
  }
}

function toConversation(id: string, value: unknown): StoredConversation {
  const { createdAt, metadata, items } = isRecord(value) ? value : {};
  return {
    ...{ id, createdAt: Number(createdAt), metadata: readMetadata(metadata) },
    items: Array.isArray(items) ? items : [],
  };
}

/** Ids in the form of those that input items have: no provider is asked for them. */
function withId(item: unknown): unknown {
  if (!isRecord(item) || typeof item.id === 'string') return item;
  const type = typeof item.type === 'string' ? item.type : 'message';
  return { id: `${type === 'message' ? 'msg' : 'in'}_${randomBytes(32).toString('hex')}_in0`, ...item, type };
}

function readMetadata(value: unknown): Record<string, string> {
  const pairs = isRecord(value) ? Object.entries(value) : [];
  return Object.fromEntries(pairs.filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
}
