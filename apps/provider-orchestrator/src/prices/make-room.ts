import { AppError, type PriceSource } from '@aggregator/contracts';
import type { Span } from './span.ts';

/** The two parts of the price book. */
export type BookPart = 'price' | 'rule';

/** The author of a price or a rule. */
export interface PriceAuthor {
  readonly source: PriceSource;
  /** Of Kubernetes: `<class of the operator>/<namespace>/<name>` of the PriceTable. */
  readonly owner: string | null;
  /** Null if a file or a resource does. */
  readonly reviewerUserId: string | null;
}

/** A price or a rule as the book has it. */
export interface StandingSpan {
  readonly id: string;
  readonly source: string;
  readonly owner: string | null;
  readonly effectiveFrom: Date;
  /** Null: until it is ended. The same as the beginning: it was withdrawn. */
  readonly effectiveTo: Date | null;
}

/**
 * Returns the ids of those that end where a new one of the same key begins. Pure.
 * @param standing All of the same key that hold now or later.
 * @throws {AppError} `conflict` where another one begins within its span, another author set the one that it would end, or that
 * one lasts longer.
 */
export function findEnding(
  part: BookPart,
  span: Span,
  standing: readonly StandingSpan[],
  author: PriceAuthor,
): readonly string[] {
  const overlapping = standing.filter((row) => overlaps(row, span));
  for (const row of overlapping) {
    if (row.source !== author.source || row.owner !== author.owner) refuseOther(part, row);
    if (row.effectiveFrom >= span.from) {
      const begins = row.effectiveFrom.toISOString();
      throw new AppError('conflict', {
        param: 'effectiveFrom',
        message: `Another ${nouns[part]} begins at ${begins}. End this one there, or withdraw that one.`,
      });
    }
    refuseGap(part, row, span.to);
  }
  return overlapping.map(({ id }) => id);
}

const nouns = { price: 'price of this model', rule: 'rule' } as const;

function overlaps({ effectiveFrom, effectiveTo }: StandingSpan, { from, to }: Span): boolean {
  const isWithdrawn = effectiveTo?.getTime() === effectiveFrom.getTime();
  return !isWithdrawn && (effectiveTo === null || effectiveTo > from) && (to === null || effectiveFrom < to);
}

/** @throws {AppError} `conflict`, naming who set the price or the rule. */
export function refuseOther(
  part: BookPart,
  { source, owner, effectiveFrom, effectiveTo }: Omit<StandingSpan, 'id'>,
): never {
  const table = owner?.slice(owner.indexOf('/') + 1) ?? '';
  const place =
    { api: 'by the API', file: 'by the price file', kubernetes: `by the PriceTable resource '${table}'` }[source] ??
    source;
  const end = effectiveTo === null ? 'without an end' : `to ${effectiveTo.toISOString()}`;
  throw new AppError('conflict', {
    message: `The ${part} that holds then, from ${effectiveFrom.toISOString()} ${end}, is set ${place}, and is changed there.`,
  });
}

/**
 * A price or a rule for a limited time must not end one that lasts longer: after it, no price of the book would hold, and
 * customers would pay the declared price unnoticed.
 */
function refuseGap(part: BookPart, { effectiveTo }: StandingSpan, to: Date | null): void {
  if (to === null || (effectiveTo !== null && effectiveTo <= to)) return;
  throw new AppError('conflict', {
    param: 'effectiveTo',
    message: `The ${part} that holds then lasts longer, and would be gone after this one. Leave 'effectiveTo' out, and set the next ${part} to begin at ${to.toISOString()}.`,
  });
}
