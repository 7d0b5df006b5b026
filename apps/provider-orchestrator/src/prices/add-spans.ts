import { AppError } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import type { Transaction } from '../database/create-database.ts';
import { endAt } from './end-spans.ts';
import { type BookPart, findEnding, type PriceAuthor, type StandingSpan } from './make-room.ts';
import { readPresent, type Span, type Spanned, toSpan } from './span.ts';

/** PostgreSQL takes at most 65,535 parameters in a statement, and a row has eleven. */
const portionMax = 1000;

export interface NewSpan<Entry> {
  readonly id: string;
  readonly entry: Entry;
  readonly span: Span;
}

export interface RefusedSpan<Entry> {
  readonly entry: Entry;
  readonly error: AppError;
}

/** The added rows, in the order of the entries: their ids grow. */
export interface AddedSpans<Entry> {
  readonly added: readonly NewSpan<Entry>[];
  readonly refused: readonly RefusedSpan<Entry>[];
}

/** Functions that add rows to one part of the book. `Subject` is the common subject of an entry and a row. */
export interface Adding<Subject, Entry extends Subject & Spanned> {
  readonly part: BookPart;
  readonly author: PriceAuthor;
  /** As many as may hold now or later. */
  readonly openMax: number;
  /** Count of rows that are in force now or later. */
  countOpen(present: Date): Promise<number>;
  /** All that holds now or later of what these entries are about; others may be among it. */
  readStanding(entries: readonly Entry[], present: Date): Promise<readonly (Subject & StandingSpan)[]>;
  /** Two with the same key cannot hold at the same instant. */
  keyOf(subject: Subject): string;
  /** @throws {AppError} for an entry that can never be taken. */
  check?(entry: Entry): void;
  insert(rows: readonly NewSpan<Entry>[]): Promise<unknown>;
}

/**
 * Adds prices or rules, of which no two of one key overlap, inside the transaction that publishes them: the number of statements
 * does not grow with the number of entries, up to 1,000 of them. What holds when one begins ends there. An entry that cannot be
 * taken is left out, and costs the others nothing.
 */
export async function addSpans<Subject, Entry extends Subject & Spanned>(
  tx: Transaction,
  entries: readonly Entry[],
  adding: Adding<Subject, Entry>,
): Promise<AddedSpans<Entry>> {
  const added: NewSpan<Entry>[] = [];
  const refused: RefusedSpan<Entry>[] = [];
  for (let at = 0; at < entries.length; at += portionMax) {
    const portion = await addPortion(tx, entries.slice(at, at + portionMax), adding);
    added.push(...portion.added);
    refused.push(...portion.refused);
  }
  return { added, refused };
}

/** Returns the id of the only entry. @throws {AppError} why it was refused. */
export function onlyOf({ added: [one], refused: [fault] }: AddedSpans<unknown>): string {
  if (one === undefined) throw fault?.error ?? new Error('nothing was added');
  return one.id;
}

async function addPortion<Subject, Entry extends Subject & Spanned>(
  tx: Transaction,
  entries: readonly Entry[],
  { part, author, openMax, countOpen, readStanding, keyOf, check, insert }: Adding<Subject, Entry>,
): Promise<AddedSpans<Entry>> {
  const present = await readPresent(tx);
  const standing = Map.groupBy(await readStanding(entries, present), keyOf);
  const free = openMax - (await countOpen(present));
  const taken: Omit<NewSpan<Entry>, 'id'>[] = [];
  const refused: RefusedSpan<Entry>[] = [];
  for (const entry of entries) {
    try {
      const span = toSpan(present, entry);
      check?.(entry);
      if (taken.length >= free) {
        throw new AppError('conflict', { message: `The book has ${openMax} ${part}s, and there cannot be more.` });
      }
      await endAt(tx, part, findEnding(part, span, standing.get(keyOf(entry)) ?? [], author), span.from);
      taken.push({ entry, span });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refused.push({ entry, error });
    }
  }
  // Of one millisecond, ids are in no order.
  const ids = taken.map(() => createUuidV7()).sort();
  const added = taken.map((one, at): NewSpan<Entry> => ({ id: ids[at] ?? createUuidV7(), ...one }));
  if (added.length > 0) await insert(added);
  return { added, refused };
}
