import type { Vault } from '@aggregator/anonymisation';
import { editJson, readJsonField } from '@aggregator/providers';
import type { EventRestorer, NativeEvent } from './native-event.ts';

/** What we add to an answer. */
export interface Additions {
  /** What it costs, for its usage. */
  readonly costs: Readonly<Record<string, unknown>>;
  /** Who served it, and how. */
  readonly about: Readonly<Record<string, unknown>>;
}

/** Fields of an answer, by name. */
export type Repeated = Readonly<Record<string, unknown>>;

/** The answers of a surface's dialect as a provider gave them: what may be known of them, and where our additions go. */
export interface NativeAnswers {
  /** JSON text of a whole answer. */
  addToAnswer(text: string, additions: Additions): string;
  /** True for an event that ends a part of the answer which another provider's stream might continue. */
  closesPart(data: string): boolean;
  /** The answer with fields of its request as the client wrote them, if something else was sent. Absent if no answer repeats any. */
  repeatInAnswer?(text: string, fields: Repeated): string;
  /** The same for the data of an event; null for an event that repeats nothing. */
  repeatInEvent?(data: string, fields: Repeated): string | null;
  /** The data of an event with our additions; null if they do not belong into this event. */
  addToEvent(data: string, additions: Additions): string | null;
  /** True for an event that only we asked for: it does not reach the client. Absent for none. */
  omits?(data: string): boolean;
  /** The same for a stream whose client did not ask for its usage; absent if that makes no difference. */
  readonly unasked?: NativeAnswers;
  /** Puts values that were masked in the request back into the events of a stream. */
  createRestorer(vault: Vault): EventRestorer;
  /** The event that ends every stream; null if the last event of an answer does. */
  readonly terminator: NativeEvent | null;
  /** Remembers what the continuation of a stream has to repeat; absent if the chunks say all of it. */
  createTrace?(): NativeTrace;
  /** The answer in its text, or in the stream's event that holds all of it, if it may be referred to later; null if it has none. */
  readAnswer?(text: string): Readonly<Record<string, unknown>> | null;
}

/** What a client has had of a stream, beside what chunks say. Only the stream of the same surface reads it. */
export interface NativeTrace {
  /** Takes the data of an event that goes to the client. */
  note(data: string): void;
}

/** Returns an answer's object with our additions beside its fields and in its usage. */
export function addToObject(text: string, { costs, about }: Additions): string {
  const usage = readJsonField(text, 'usage');
  if (usage === null || !usage.startsWith('{')) return editJson(text, toEdits({ ...costs, ...about }));
  const edits = toEdits({ ...(costs.cost !== undefined && { cost: costs.cost }), ...about });
  return editJson(text, edits.set('usage', editJson(usage, toEdits(costs))));
}

/** Returns an object's JSON text with other values in some fields. */
export function repeatInObject(text: string, fields: Repeated): string {
  return editJson(text, toEdits(fields));
}

function toEdits(fields: Readonly<Record<string, unknown>>): Map<string, string> {
  return new Map(Object.entries(fields).map(([name, value]) => [name, JSON.stringify(value)]));
}
