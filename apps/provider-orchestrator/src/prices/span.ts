import { AppError } from '@aggregator/contracts';
import { z } from 'zod';
import type { Transaction } from '../database/create-database.ts';

export interface Span {
  from: Date;
  /** Null: until it is ended. */
  to: Date | null;
}

/**
 * From when to when, by the database's clock; without a beginning, from the present transaction on.
 * @throws {AppError} `invalid_value` if it begins in the past, or ends before it begins.
 */
export async function toSpan(
  tx: Transaction,
  { effectiveFrom, effectiveTo }: { effectiveFrom?: string | undefined; effectiveTo?: string | null | undefined },
): Promise<Span> {
  const [{ now }] = z.tuple([z.object({ now: z.date() })]).parse(await tx.$queryRaw`SELECT now() AS now`);
  // The database counts microseconds, a date here milliseconds: up, so that it is not past.
  const present = new Date(now.getTime() + 1);
  const from = effectiveFrom === undefined ? present : new Date(effectiveFrom);
  const to = effectiveTo === undefined || effectiveTo === null ? null : new Date(effectiveTo);
  if (from < present) refuse('effectiveFrom', 'A price cannot begin in the past.');
  if (to !== null && to <= from) refuse('effectiveTo', 'The end must be after the beginning.');
  return { from, to };
}

/**
 * A price or a rule for a limited time must not end one that lasts longer: after it, no price of the book would hold, and
 * customers would pay the declared price unnoticed.
 * @throws {AppError} `conflict`
 */
export function refuseGap(standing: { readonly effectiveTo: Date | null }, to: Date | null, what: string): void {
  if (to === null || (standing.effectiveTo !== null && standing.effectiveTo <= to)) return;
  throw new AppError('conflict', {
    param: 'effectiveTo',
    message: `The ${what} that holds then lasts longer, and would be gone after this one. Leave 'effectiveTo' out, and set the next ${what} to begin at ${to.toISOString()}.`,
  });
}

function refuse(param: string, message: string): never {
  throw new AppError('invalid_value', { param, message });
}
