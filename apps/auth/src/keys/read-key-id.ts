import { AppError } from '@aggregator/contracts';
import type { Request } from 'express';
import { z } from 'zod';

const keyId = z.uuid();

/** `{id}` of a route. What is no id names no key: `not_found`. */
export function readKeyId(request: Request): string {
  const parsed = keyId.safeParse(request.params.id);
  if (!parsed.success) throw new AppError('not_found');
  return parsed.data;
}
