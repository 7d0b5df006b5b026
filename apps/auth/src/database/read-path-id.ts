import { AppError } from '@aggregator/contracts';
import type { Request } from 'express';
import { uuidInPath } from './uuid-in-path.ts';

/**
 * Returns the UUID that the path of a route has as `name`, in lower case.
 * @throws {AppError} `not_found` if it is no UUID.
 */
export function readPathId(request: Request, name: string): string {
  const parsed = uuidInPath.safeParse(request.params[name]);
  if (!parsed.success) throw new AppError('not_found');
  return parsed.data;
}
