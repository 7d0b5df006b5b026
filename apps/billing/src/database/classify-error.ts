import { isBareDriverError, readSqlState } from '@aggregator/database';
import { Prisma } from '../generated/prisma/client.ts';

/**
 * True if the values themselves were refused (class 22, data; class 23, constraints), so that trying again is in vain.
 * Everything unknown counts as an outage: an event that waits is found, one that is thrown away is lost money.
 */
export function isDataError(error: unknown): boolean {
  const state = readSqlState(error);
  return state !== undefined && (state.startsWith('22') || state.startsWith('23'));
}

/** True if the row belongs to a month whose details were exported and deleted. */
export function isMonthClosed(error: unknown): boolean {
  return readSqlState(error) === '23514' && error instanceof Error && error.message.includes('_month_is_closed');
}

/** True if the database failed, rather than our own code. */
export function isDatabaseFailure(error: unknown): boolean {
  return (
    error instanceof Prisma.PrismaClientKnownRequestError ||
    error instanceof Prisma.PrismaClientUnknownRequestError ||
    error instanceof Prisma.PrismaClientInitializationError ||
    isBareDriverError(error)
  );
}
