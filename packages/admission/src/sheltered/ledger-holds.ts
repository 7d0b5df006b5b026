import type { BudgetLimit } from '../port.ts';

/** Holds taken from the ledger itself, one by one: slower than the counter store, and right without it. */
export interface LedgerHolds {
  /**
   * Returns the balance that is left to others. Rejects if it or a budget does not cover the hold, or if that is
   * unknown.
   */
  hold(request: {
    orgId: string;
    requestId: string;
    holdNanoUsd: bigint;
    ttlMs: number;
    budgets: readonly BudgetLimit[];
  }): Promise<bigint>;
  /**
   * Raises a hold to `holdNanoUsd` and returns the balance that is left to others. Rejects if the balance does not cover
   * the difference, or if no hold of the request is open; the hold then stays as it is.
   */
  raise(request: {
    orgId: string;
    requestId: string;
    holdNanoUsd: bigint;
    budgets?: readonly BudgetLimit[];
  }): Promise<bigint>;
  /** Gives a hold back whose request cost nothing. */
  release(request: { orgId: string; requestId: string }): Promise<void>;
}
