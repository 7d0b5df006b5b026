import { DriverError } from './mark-driver-errors.ts';

/**
 * True if an error is a failure of the database's driver: a connection that does not open, or a statement that gets no
 * answer. A statement's arrives as a bare Error, and that it passed through Prisma shows by `clientVersion` alone; that
 * of a transaction which begins or ends has no such mark, and is a `DriverError`. Another error of Prisma has a class.
 */
export function isBareDriverError(error: unknown): boolean {
  if (error instanceof DriverError) return true;
  return error instanceof Error && error.name === 'Error' && 'clientVersion' in error;
}
