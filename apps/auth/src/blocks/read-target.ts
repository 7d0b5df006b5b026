import { AppError, blockKind } from '@aggregator/contracts';
import type { Request } from 'express';
import { z } from 'zod';
import { uuidInPath } from '../database/uuid-in-path.ts';
import type { BlockTarget } from './set-block.ts';

const parameters = z.object({ kind: blockKind, id: uuidInPath });

/** Returns `{kind}` and `{id}` of a route. Throws `not_found` if they name nothing. */
export function readBlockTarget(request: Request): BlockTarget {
  const parsed = parameters.safeParse(request.params);
  if (!parsed.success) throw new AppError('not_found');
  return parsed.data;
}
