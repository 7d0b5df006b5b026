import type { Transaction } from '../database/create-database.ts';
import type { AddedSpans } from './add-spans.ts';
import { endNow } from './end-spans.ts';
import { layOutSpans } from './lay-out-spans.ts';
import type { BookPart, StandingSpan } from './make-room.ts';
import type { Spanned } from './span.ts';

/** A price or a rule that was left out, and why. */
export interface RefusedEntry {
  /** `openai/gpt-4o (cost)`, `openai/* (rule)` */
  readonly name: string;
  readonly code: string;
  readonly reason: string;
}

/** Changes of a declaration. */
export interface DeclaredSpans {
  readonly refused: readonly RefusedEntry[];
  readonly added: number;
  readonly ended: number;
}

/** Functions that compare one part of the book with an author's declaration. */
export interface Declaring<Entry extends Spanned, Row extends StandingSpan> {
  readonly part: BookPart;
  /** The author's present and later rows. */
  readonly open: readonly Row[];
  /** Two with the same key cannot hold at the same instant. */
  keyOf(about: Entry | Row): string;
  /** True if a row of the same key says the same as the entry, apart from its time. */
  isSame(entry: Entry, row: Row): boolean;
  add(missing: readonly Entry[]): Promise<AddedSpans<Entry>>;
  describe(entry: Entry): string;
}

/**
 * Makes these entries all that a file or a resource says of now and later, inside the transaction that publishes it. What it said
 * before and does not say any more ends now; what it says again stays as it is. A beginning that is past means at once.
 * An entry that cannot be taken is left out and costs the others nothing.
 */
export async function declareSpans<Entry extends Spanned, Row extends StandingSpan>(
  tx: Transaction,
  entries: readonly Entry[],
  now: Date,
  { part, open, keyOf, isSame, add, describe }: Declaring<Entry, Row>,
): Promise<DeclaredSpans> {
  const ofKey = Map.groupBy(open, keyOf);
  const kept = new Set<string>();
  const missing: Entry[] = [];
  for (const entry of layOutSpans(entries, now.getTime(), keyOf)) {
    const span = toSpanAt(entry, now.getTime());
    if (span === null) continue;
    const same = ofKey
      .get(keyOf(entry))
      ?.find((row) => !kept.has(row.id) && holdsThen(row, span, now) && isSame(entry, row));
    if (same === undefined) missing.push(span.beginMs === null ? { ...entry, effectiveFrom: undefined } : entry);
    else kept.add(same.id);
  }
  const gone = open.filter(({ id }) => !kept.has(id)).map(({ id }) => id);
  const ended = await endNow(tx, part, gone);
  const { added, refused } = await add(missing);
  return {
    refused: refused.map(({ entry, error }) => {
      return { name: describe(entry), code: error.code, reason: error.publicMessage };
    }),
    added: added.length,
    ended,
  };
}

interface SpanAt {
  /** Null: it has begun. */
  readonly beginMs: number | null;
  readonly endMs: number | null;
}

/** Null for what has ended. */
function toSpanAt({ effectiveFrom, effectiveTo = null }: Spanned, nowMs: number): SpanAt | null {
  const endMs = effectiveTo === null ? null : Date.parse(effectiveTo);
  if (endMs !== null && endMs <= nowMs) return null;
  const beginMs = effectiveFrom === undefined ? null : Date.parse(effectiveFrom);
  return { beginMs: beginMs !== null && beginMs > nowMs ? beginMs : null, endMs };
}

function holdsThen({ effectiveFrom, effectiveTo }: StandingSpan, { beginMs, endMs }: SpanAt, now: Date): boolean {
  const beginsThen = beginMs === null ? effectiveFrom <= now : effectiveFrom.getTime() === beginMs;
  return beginsThen && (effectiveTo?.getTime() ?? null) === endMs;
}
