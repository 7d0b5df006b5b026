import { AppError } from '@aggregator/contracts';
import { z } from 'zod';

const id = z.uuid().toLowerCase();

/**
 * An id in a path.
 * @throws {AppError} `not_found`: there is nothing of another form.
 */
export function idOf(value: unknown): string {
  const parsed = id.safeParse(value);
  if (!parsed.success) throw new AppError('not_found');
  return parsed.data;
}
