import { isRecord } from '@aggregator/contracts';
import type { ExpiringStore } from '@aggregator/expiring-store';
import { isUnguessableId } from '@aggregator/surfaces';
import { type Caller, toConversationKey } from '../items/conversation-key.ts';
import type { SealedRecords } from './sealed-records.ts';

type Said = Readonly<Record<string, unknown>>;

/** A response as its client received it, and all items that it was made from. */
export interface StoredResponse {
  readonly response: Said;
  readonly input: readonly unknown[];
}

/** A response in the background is alive while its proxy says so at least this often. Milliseconds. */
export const lifeMs = 60_000;
const cancelled = 'cancelled';
const alive = 'alive';

/** Responses that a client may continue, read and delete by their ids. */
export class StoredResponses {
  readonly #records: SealedRecords;
  readonly #items: ExpiringStore;

  /** `items`: where the items of answers are kept. */
  constructor(records: SealedRecords, items: ExpiringStore) {
    this.#records = records;
    this.#items = items;
  }

  isOff(caller: Pick<Caller, 'storesResponses'>): boolean {
    return this.#records.isOff(caller);
  }

  /** Resolves when the response is written, with false if it is not kept: its id is of another form, or it is too long. */
  async keep(caller: Caller, stored: StoredResponse): Promise<boolean> {
    const { id } = stored.response;
    return isUnguessableId(id) && (await this.#records.write(caller, id, stored));
  }

  /** Null for an id that this caller has no response of, or none any more. */
  async read(caller: Caller, id: string): Promise<StoredResponse | null> {
    const value = isUnguessableId(id) ? await this.#records.read(caller, id) : null;
    if (!isRecord(value) || !isRecord(value.response) || !Array.isArray(value.input)) return null;
    const { response, input } = value;
    return { response: isUnfinished(response) ? await this.#judge(caller, id, response) : response, input };
  }

  /** A response in the background that ended in none is cancelled, or has failed with its proxy. */
  async #judge(caller: Caller, id: string, response: Said): Promise<Said> {
    const [isCancelled, isAlive] = await this.#records.readMarks(caller, id, [cancelled, alive]);
    if (isCancelled) return { ...response, status: 'cancelled' };
    return isAlive ? response : toFailed(response, 'The response was interrupted.');
  }

  /** Says that a response in the background is under way. Returns false if it was cancelled. */
  async noteLife(caller: Caller, id: string): Promise<boolean> {
    await this.#records.mark(caller, id, alive, lifeMs);
    const [isCancelled = false] = await this.#records.readMarks(caller, id, [cancelled]);
    return !isCancelled;
  }

  async cancel(caller: Caller, id: string): Promise<void> {
    await this.#records.mark(caller, id, cancelled);
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
    await this.#records.delete(caller, id);
    await Promise.all(keys.map((key) => this.#items.delete(key)));
    return true;
  }
}

export function isUnfinished({ status }: Said): boolean {
  return status === 'queued' || status === 'in_progress';
}

export function toFailed(response: Said, message: string, code = 'server_error'): Said {
  return { ...response, status: 'failed', error: { code, message } };
}
