import type { Failure } from './port.ts';

/** The part that a failure blames: the target, its limit, its key, or none of them. */
export type FailureEffect = 'sick' | 'limited' | 'keyAtFault' | 'none';

/**
 * Failures that the request itself can cause do not blame the target, or one caller could close a model for all others:
 * refusals of it (400, 404, 413, 422, also those that cannot be read), and a limit that it is too large for.
 */
export function effectOf({ code, kind, isRetryable, isKeyAtFault }: Failure): FailureEffect {
  if (kind === 'unreachable' || kind === 'silent' || kind === 'torn') return 'sick';
  if (isKeyAtFault === true) return 'keyAtFault';
  if (!isRetryable) return 'none';
  return code === 'rate_limit_exceeded' ? 'limited' : 'sick';
}
