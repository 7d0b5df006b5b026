import type { Operation } from '@aggregator/contracts';

/** The facts that a fault script may use. */
export interface MockAttempt {
  attemptId: string;
  operation: Operation;
  model: string;
  isStreamed: boolean;
  /** Role of the last message: an answer of an assistant is to be continued. Null for operations without messages. */
  lastRole: string | null;
}

/**
 * Fault of an attempt. A chunk is one token of a stream; a plain answer counts as one chunk.
 * - `status`: refused with that status, and nothing charged; `code` is OpenAI's name of the reason.
 * - `cut`: the connection is destroyed after that many chunks, 0 = before the head of the answer.
 * - `stall`: silence after that many chunks, 0 = before the head, until the caller leaves or ten minutes are over; with
 *   `hasHead` the head of a stream and its first event, which says nothing, come before it.
 * - `unterminated`: a whole stream without `[DONE]`.
 * - `malformed`: an event of broken JSON before that chunk (a plain answer is broken JSON itself).
 * - `endless`: a stream that heeds no limit of tokens and ends after 100,000; a plain answer ten times too long.
 */
export type Fault =
  | { kind: 'status'; status: number; retryAfterSeconds?: number; code?: string }
  | { kind: 'cut'; afterChunks: number }
  | { kind: 'stall'; afterChunks: number; hasHead?: boolean }
  | { kind: 'unterminated' }
  | { kind: 'malformed'; beforeChunk: number }
  | { kind: 'endless' };

export const stallMsMax = 600_000;
