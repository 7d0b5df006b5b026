import type { Operation } from '@aggregator/contracts';

/** What a fault script may look at. */
export interface MockAttempt {
  attemptId: string;
  operation: Operation;
  model: string;
  isStreamed: boolean;
}

/**
 * What goes wrong. A chunk is one token of a stream; a plain answer counts as one chunk.
 * - `status`: refused with that status, and nothing charged.
 * - `cut`: the connection is destroyed after that many chunks, 0 = before the head of the answer.
 * - `stall`: silence after that many chunks, 0 = before the head, until the caller leaves or ten minutes are over.
 * - `malformed`: an event of broken JSON before that chunk (a plain answer is broken JSON itself).
 * - `endless`: a stream that heeds no limit of tokens and ends after 100,000; a plain answer ten times too long.
 */
export type Fault =
  | { kind: 'status'; status: number; retryAfterSeconds?: number }
  | { kind: 'cut'; afterChunks: number }
  | { kind: 'stall'; afterChunks: number }
  | { kind: 'malformed'; beforeChunk: number }
  | { kind: 'endless' };

export const stallMsMax = 600_000;
