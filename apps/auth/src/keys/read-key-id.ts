import { AppError } from '@aggregator/contracts';
import type { Request } from 'express';
import { uuidInPath } from '../database/uuid-in-path.ts';

/** `{id}` of a route. What is no id names no key: `not_found`. */
export function readKeyId(request: Request): string {
  const parsed = uuidInPath.safeParse(request.params.id);
  if (!parsed.success) throw new AppError('not_found');
  return parsed.data;
}
