import type { RestoreMode, Restorer, Vault } from '@aggregator/anonymisation';
import { parseRecord } from '@aggregator/contracts';
import { editJson, readJsonField } from '@aggregator/providers';
import type { EventRestorer, NativeEvent } from '../native-event.ts';
import { restoreBody } from './restore-body.ts';

/** A piece of a text that comes in several events. */
export interface Fragment {
  /** Of its text. */
  readonly key: string;
  /** Names of the fields down to the piece. */
  readonly path: readonly [string, ...string[]];
  readonly text: string;
  readonly mode: RestoreMode;
}

/** What an event does with the texts of its stream. */
export interface EventTexts {
  readonly fragment?: Fragment;
  /** The beginning of the keys of the texts that end before it. Absent for none. */
  readonly closes?: string;
}

interface OpenText {
  readonly restorer: Restorer;
  readonly path: Fragment['path'];
  /** The last event with a piece of it. */
  last: NativeEvent;
}

const textsMax = 1024;

/**
 * The events of a dialect whose texts are named by their places. What is held back of a text at its end is said by one more
 * event, a copy of the last one; the numbers of the events behind it count on.
 */
export class TextEventRestorer implements EventRestorer {
  readonly #vault: Vault;
  readonly #read: (event: Readonly<Record<string, unknown>>) => EventTexts;
  readonly #open = new Map<string, OpenText>();
  #addedCount = 0;

  constructor(vault: Vault, read: (event: Readonly<Record<string, unknown>>) => EventTexts) {
    this.#vault = vault;
    this.#read = read;
  }

  take(event: NativeEvent): readonly NativeEvent[] {
    const fields = parseRecord(event.data);
    if (fields === null) return [event];
    const { fragment, closes } = this.#read(fields);
    const number = fields.sequence_number;
    const added = closes === undefined ? [] : this.#close(closes, number);
    const data = (fragment && this.#push(event, fragment)) ?? restoreBody(event.data, this.#vault);
    return [...added, { head: event.head, data: this.#renumber(data, number) }];
  }

  /** Returns null if there are too many texts. */
  #push(event: NativeEvent, { key, path, text, mode }: Fragment): string | null {
    let open = this.#open.get(key);
    if (open === undefined) {
      if (this.#open.size >= textsMax) return null;
      open = { restorer: this.#vault.createRestorer(mode), path, last: event };
      this.#open.set(key, open);
    }
    open.last = event;
    const restored = open.restorer.push(text);
    return restored === text ? event.data : setText(event.data, path, restored);
  }

  #close(beginning: string, number: unknown): NativeEvent[] {
    const events: NativeEvent[] = [];
    for (const [key, { restorer, path, last }] of this.#open) {
      if (!key.startsWith(beginning)) continue;
      this.#open.delete(key);
      const rest = restorer.end();
      if (rest === '') continue;
      events.push({ head: last.head, data: this.#renumber(setText(last.data, path, rest), number) });
      this.#addedCount += 1;
    }
    return events;
  }

  #renumber(data: string, number: unknown): string {
    if (typeof number !== 'number') return data;
    const counted = `${number + this.#addedCount}`;
    return readJsonField(data, 'sequence_number') === counted
      ? data
      : editJson(data, new Map([['sequence_number', counted]]));
  }
}

function setText(data: string, [name, ...rest]: readonly [string, ...string[]], text: string): string {
  const [inner, ...deeper] = rest;
  const value =
    inner === undefined ? JSON.stringify(text) : setText(readJsonField(data, name) ?? '{}', [inner, ...deeper], text);
  return editJson(data, new Map([[name, value]]));
}
