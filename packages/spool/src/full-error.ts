import { AppError } from '@aggregator/contracts';

/** When a client may try again while the spool is full. */
const retryFullMs = 5000;

/** The refusal of a spool that is full, or whose disk takes nothing. */
export function toFullError(internal: string, cause?: unknown): AppError {
  return new AppError('spool_full', { internal, retryAfterMs: retryFullMs, ...(cause !== undefined && { cause }) });
}
