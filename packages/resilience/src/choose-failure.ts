import type { ErrorCode } from '@aggregator/contracts';
import type { Failure } from './port.ts';

/** The request cannot succeed as it is at a target that judged it: a client that retries it would retry without end. */
const refusals: ReadonlySet<ErrorCode> = new Set([
  'content_policy_violation',
  'context_length_exceeded',
  'upstream_rejected',
  'request_too_large',
]);
/** A retry does not help, and the client can change nothing or little. */
const hopeless: ReadonlySet<ErrorCode> = new Set(['upstream_misconfigured', 'model_not_found', 'internal_error']);

/**
 * Returns the position of the failure that helps the client most, out of the failures of all attempts in their order.
 * The best first: a refusal of the request itself; a failure with a wait, the shortest first; a rate limit; any other
 * failure that a retry may mend; a parameter that a target does not take; our own set-up. A later failure wins a tie,
 * except among refusals.
 *
 * @param failures At least one.
 */
export function chooseFailure(failures: readonly Failure[]): number {
  let best = 0;
  for (const [position, failure] of failures.entries()) {
    const known = failures[best];
    if (known === undefined || compare(failure, known) <= 0) best = position;
  }
  return best;
}

/** Negative if `one`, the later of the two, helps more; zero or less takes its place. */
function compare(one: Failure, known: Failure): number {
  const difference = rankOf(one) - rankOf(known);
  if (difference !== 0) return difference;
  if (one.retryAfterMs !== null && known.retryAfterMs !== null) return one.retryAfterMs - known.retryAfterMs;
  return refusals.has(one.code) ? 1 : 0;
}

function rankOf({ code, isRetryable, mayFailOver, retryAfterMs }: Failure): number {
  if (refusals.has(code)) return 0;
  // This failure ended the request by itself: shutting down, no spool, our own fault.
  if (!mayFailOver && !isRetryable && !hopeless.has(code)) return 1;
  if (code === 'unsupported_parameter') return 5;
  if (hopeless.has(code)) return 6;
  if (retryAfterMs !== null) return code === 'rate_limit_exceeded' ? 2 : 3;
  return code === 'rate_limit_exceeded' ? 3.5 : 4;
}
