import { AppError } from '@aggregator/contracts';
import type { ProxyContext } from '../context.ts';
import { type AttemptEnd, settleRequest } from '../settlement/settle-request.ts';
import type { Attempt } from './begin-attempt.ts';

/** An end of which nothing is known but that it is one; for an attempt that a fault of ours broke before it was sent. */
export const unknownEnd: AttemptEnd = {
  outcome: 'failed',
  failure: new AppError('internal_error', { internal: 'the attempt broke before it was sent' }),
  isSent: false,
  charge: null,
  usage: null,
  outputCharacters: 0,
  latencyMs: 0,
  ttftMs: null,
};

/** Settles an attempt, however it ended. */
export async function endAttempt(context: ProxyContext, attempt: Attempt, end: AttemptEnd): Promise<void> {
  try {
    await settleRequest(context, attempt.request, end);
  } finally {
    context.attempts.remove(attempt);
  }
}
