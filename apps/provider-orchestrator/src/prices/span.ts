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

function refuse(param: string, message: string): never {
  throw new AppError('invalid_value', { param, message });
}
