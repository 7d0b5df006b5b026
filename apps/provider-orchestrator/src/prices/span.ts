import { AppError } from '@aggregator/contracts';
import { z } from 'zod';
import type { Transaction } from '../database/create-database.ts';

/** A price or a rule that holds for a span of time. Without a beginning: from now on; null or no end: until it is ended. */
export interface Spanned {
  readonly effectiveFrom?: string | undefined;
  readonly effectiveTo?: string | null | undefined;
}

export interface Span {
  readonly from: Date;
  /** Null: until it is ended. */
  readonly to: Date | null;
}

/** The first instant at which something new can begin, by the database's clock. */
export async function readPresent(tx: Transaction): Promise<Date> {
  const [{ now }] = z.tuple([z.object({ now: z.date() })]).parse(await tx.$queryRaw`SELECT now() AS now`);
  // The database counts microseconds, a date here milliseconds: up, so that it is not past.
  return new Date(now.getTime() + 1);
}

/**
 * From when to when; without a beginning, from the present on.
 * @throws {AppError} `invalid_value` if it begins in the past, or ends before it begins.
 */
export function toSpan(present: Date, { effectiveFrom, effectiveTo }: Spanned): Span {
  const from = effectiveFrom === undefined ? present : new Date(effectiveFrom);
  const to = effectiveTo === undefined || effectiveTo === null ? null : new Date(effectiveTo);
  if (from < present) refuse('effectiveFrom', 'A price cannot begin in the past.');
  if (to !== null && to <= from) refuse('effectiveTo', 'The end must be after the beginning.');
  return { from, to };
}

function refuse(param: string, message: string): never {
  throw new AppError('invalid_value', { param, message });
}
