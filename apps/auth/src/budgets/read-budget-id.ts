import { AppError } from '@aggregator/contracts';
import type { Request } from 'express';
import { uuidInPath } from '../database/uuid-in-path.ts';

/** Returns `{budgetId}` of a route. Throws `not_found` if it is no id. */
export function readBudgetId(request: Request): string {
  const parsed = uuidInPath.safeParse(request.params.budgetId);
  if (!parsed.success) throw new AppError('not_found');
  return parsed.data;
}
