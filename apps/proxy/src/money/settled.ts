import type { AppError, AttemptSummary, Outcome, Usage } from '@aggregator/contracts';
import type { Charge } from './charge.ts';

/** What is known of a request when it is over, by its last attempt or the one that delivered. */
export interface AttemptEnd {
  readonly outcome: 'completed' | 'aborted' | 'failed';
  /** Why, where it is not completed. */
  readonly failure: AppError | null;
  /** Something of it may have reached the provider. */
  readonly isSent: boolean;
  /** The cost that was reported to the caller; null if nothing was reported yet. */
  readonly charge: Charge | null;
  /** The provider's final figures, where they came before the end. */
  readonly usage: Usage | null;
  /** What the provider had reported by then, if its final figures did not come. */
  readonly partialUsage?: Usage | null;
  /** UTF-16 units of text, reasoning and arguments that the caller had, or would have had if it had stayed. */
  readonly outputCharacters: number;
  /** Reads those texts, or a beginning of them; absent if they are not known. */
  readonly readTexts?: () => readonly string[];
  readonly latencyMs: number;
  readonly ttftMs: number | null;
  /** All attempts, where there may have been others after the one that is charged. */
  readonly attempts?: readonly AttemptSummary[];
}

export interface Settled {
  /** `hit`: answered from the cache, no provider was called. */
  readonly cache?: 'hit' | 'miss' | 'bypass';
  readonly outcome: Outcome;
  readonly charge: Charge;
  /** The charge is an estimate, and the provider may still give its record. */
  readonly mayBeCorrected?: boolean;
}
