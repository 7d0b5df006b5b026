import { z } from 'zod';
import { nanoUsdString } from '../money.ts';

/**
 * Billing `GET /internal/ledger/check`: whether every balance is what its transfers make it, and all together nothing.
 */
export const ledgerCheckAnswer = z.strictObject({
  isConsistent: z.boolean(),
  accounts: z.number().int(),
  transfers: z.number().int(),
  /** The sum of all balances; "0" in a sound ledger. */
  sumNanoUsd: z.string(),
  /** Accounts that are not what they must be; the first hundred. */
  faults: z.array(
    z.strictObject({
      accountId: z.uuid(),
      kind: z.string(),
      balanceNanoUsd: nanoUsdString,
      /** What the account's transfers add up to. */
      foldedNanoUsd: z.string(),
    }),
  ),
});
export type LedgerCheckAnswer = z.infer<typeof ledgerCheckAnswer>;
