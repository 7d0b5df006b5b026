import { AppError } from '@aggregator/contracts';
import type { Request } from 'express';
import { uuidInPath } from '../database/uuid-in-path.ts';

/** Returns `{limitId}` of a route. Throws `not_found` if it is no id. */
export function readLimitId(request: Request): string {
  const parsed = uuidInPath.safeParse(request.params.limitId);
  if (!parsed.success) throw new AppError('not_found');
  return parsed.data;
}
