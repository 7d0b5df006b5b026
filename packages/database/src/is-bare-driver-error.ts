/**
 * Whether an error is a failure of the database's driver: a connection that does not open or a statement that gets no
 * answer arrives as a bare Error. That it passed through Prisma shows by this mark alone. Another error of Prisma has a
 * class.
 */
export function isBareDriverError(error: unknown): boolean {
  return error instanceof Error && error.name === 'Error' && 'clientVersion' in error;
}
