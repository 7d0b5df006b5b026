import { AppError } from '@aggregator/contracts';
import type { Request } from 'express';

/** The `:name` of a path. @throws {AppError} `not_found` for what no provider or route can be called. */
export function readPathName(request: Request): string {
  const { name } = request.params;
  if (typeof name !== 'string' || !/^[A-Za-z0-9][A-Za-z0-9._:-]{0,199}$/.test(name)) throw new AppError('not_found');
  return name;
}
