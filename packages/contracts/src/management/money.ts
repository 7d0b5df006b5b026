import { z } from 'zod';
import { nanoUsdString } from '../money.ts';

export const balanceAnswer = z.strictObject({
  currency: z.literal('USD'),
  /** Decimal USD of `balanceNanoUsd`. */
  balance: z.string(),
  /** What has not been spent, whether or not a proxy has leased it. */
  balanceNanoUsd: nanoUsdString,
  held: z.string(),
  /** What open requests may still cost. */
  heldNanoUsd: nanoUsdString,
});
export type BalanceAnswer = z.infer<typeof balanceAnswer>;

export const transaction = z.strictObject({
  id: z.string(),
  time: z.iso.datetime(),
  type: z.enum(['charge', 'top_up', 'sign_up_credit', 'adjustment']),
  /** Positive adds to the balance, negative takes from it. */
  amountNanoUsd: nanoUsdString,
  requestId: z.uuid().optional(),
  description: z.string(),
});
export type Transaction = z.infer<typeof transaction>;

export const transactionPage = z.strictObject({ data: z.array(transaction), nextCursor: z.string().nullable() });
export type TransactionPage = z.infer<typeof transactionPage>;

/** `POST /billing/transaction`, for holders of `billing:manage`. `idempotencyKey` makes a repeat a no-op. */
export const createTransactionRequest = z.strictObject({
  organizationId: z.uuid(),
  type: z.enum(['top_up', 'adjustment']),
  amountNanoUsd: nanoUsdString,
  description: z.string().trim().min(1).max(500),
  idempotencyKey: z.string().min(8).max(255),
});
export type CreateTransactionRequest = z.infer<typeof createTransactionRequest>;
