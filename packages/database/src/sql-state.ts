import { z } from 'zod';

/** The error of Prisma for a statement that the server rejected, made by the driver adapter of PostgreSQL. */
const rejected = z.object({
  name: z.literal('PrismaClientKnownRequestError'),
  meta: z.object({
    driverAdapterError: z.object({ cause: z.object({ originalCode: z.string().optional() }) }),
  }),
});

/**
 * Returns PostgreSQL's five-character code if the server rejected a statement; undefined if it did not answer.
 * The error is known by its name, because each service has its own generated client.
 */
export function readSqlState(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('name' in error) || !('meta' in error)) return undefined;
  const parsed = rejected.safeParse({ name: error.name, meta: error.meta });
  return parsed.success ? parsed.data.meta.driverAdapterError.cause.originalCode : undefined;
}

/** True if the database rejected a write because a unique value exists already. */
export function isUniqueViolation(error: unknown): boolean {
  return readSqlState(error) === '23505';
}
