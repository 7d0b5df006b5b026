import type { RequestBounds } from './request-bounds.ts';
import type { RequestBudgets } from './request-budgets.ts';

export interface Hold {
  /** What is held now; `raiseHold` raises it. */
  amountNanoUsd: bigint;
  /** At the first target. */
  readonly bounds: RequestBounds;
  /** The caller's limit of tokens that was charged; null if the caller has none. */
  readonly tokensSubject: string | null;
  /** The organisation's limit of tokens that was charged; null if the organisation has none. */
  readonly organizationTokensSubject: string | null;
  /** Limits of tokens that the organisation set and that were charged. */
  readonly levelTokensSubjects: readonly string[];
  /** Budgets that count it. */
  readonly budgets: RequestBudgets;
}
