import { AppError } from './app-error.ts';

/** Returns the refusal of a request beyond a limit of requests at once. `owner` names whose limit it is. */
export function tooManyAtOnce(max: number, owner: string): AppError {
  return new AppError('rate_limit_exceeded', {
    message: `More than ${max} requests at once for ${owner}. Wait until one of them has ended, then try again.`,
    retryAfterMs: 1000,
  });
}

/** How a refusal names whose limit it is. */
export const limitOwners = { caller: 'this key or user', organization: 'the whole organisation' } as const;
