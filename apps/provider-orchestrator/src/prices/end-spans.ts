import { AppError } from '@aggregator/contracts';
import type { Transaction } from '../database/create-database.ts';
import { Prisma } from '../generated/prisma/client.ts';
import { type BookPart, refuseOther, type StandingSpan } from './make-room.ts';

const tables = { price: Prisma.raw('price_period'), rule: Prisma.raw('price_rule') } as const;

/** Ends rows now, or withdraws those that have not begun. Returns how many; those that have ended stay as they are. */
export async function endNow(tx: Transaction, part: BookPart, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0;
  return await tx.$executeRaw`
    UPDATE ${tables[part]} SET effective_to = greatest(effective_from, now())
    WHERE id = ANY (${[...ids]}::uuid[]) AND (effective_to IS NULL OR effective_to > now())
      AND effective_to IS DISTINCT FROM effective_from`;
}

/** Ends rows at an instant that is not past. */
export async function endAt(tx: Transaction, part: BookPart, ids: readonly string[], at: Date): Promise<void> {
  if (ids.length === 0) return;
  await tx.$executeRaw`UPDATE ${tables[part]} SET effective_to = ${at} WHERE id = ANY (${[...ids]}::uuid[])`;
}

/**
 * Ends what the API has set, now, or withdraws it if it has not begun.
 * @param row Null: there is none with the id.
 * @throws {AppError} `not_found`; `conflict` for one that has ended, or that a file or a resource set.
 */
export async function endOfApi(tx: Transaction, part: BookPart, row: StandingSpan | null): Promise<void> {
  if (row === null) throw new AppError('not_found', { message: `No ${names[part]} has this id.` });
  if (row.source !== 'api') refuseOther(part, row);
  if ((await endNow(tx, part, [row.id])) > 0) return;
  throw new AppError('conflict', { message: `This ${part} has ended already.` });
}

const names = { price: 'price of the book', rule: 'price rule' } as const;
