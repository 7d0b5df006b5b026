import { AppError } from '@aggregator/contracts';
import type { ErrorRequestHandler } from 'express';
import { isDatabaseAway } from './is-database-away.ts';

/** A database that is down, hung or out of connections is `service_unavailable`; what is wrong with us stays ours. */
export const answerDatabaseErrors: ErrorRequestHandler = (error, _request, _response, next) => {
  if (!isDatabaseAway(error)) return next(error);
  next(new AppError('service_unavailable', { internal: 'database', cause: error, retryAfterMs: 1000 }));
};
