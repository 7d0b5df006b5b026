import { z } from 'zod';
import { transactionTypes } from '../events/billing-transaction.ts';
import { attemptSummary, outcome } from '../events/usage-recorded.ts';
import { nanoUsdString, picoUsdString } from '../money.ts';
import { tags } from '../tags.ts';
import { usage, usageComponents } from '../usage.ts';

export const balanceAnswer = z.strictObject({
  currency: z.literal('USD'),
  /** Decimal USD of `balanceNanoUsd`. */
  balance: z.string(),
  /** What has not been spent, whether or not a proxy has leased it. */
  balanceNanoUsd: nanoUsdString,
  /** How far the balance may be below zero; absent if it is prepaid. */
  creditLimitNanoUsd: nanoUsdString.optional(),
  /** The organisation that pays; the balance is the own one, which rests meanwhile. Absent if there is none. */
  payerOrganizationId: z.uuid().optional(),
  /** The part of the balance that expires; absent if there is none. */
  promotionalNanoUsd: nanoUsdString.optional(),
  held: z.string(),
  /** What open requests may still cost. */
  heldNanoUsd: nanoUsdString,
});
export type BalanceAnswer = z.infer<typeof balanceAnswer>;

export const transaction = z.strictObject({
  id: z.string(),
  time: z.iso.datetime(),
  type: z.enum(transactionTypes),
  /** Positive adds to the balance, negative takes from it. */
  amountNanoUsd: nanoUsdString,
  requestId: z.uuid().optional(),
  description: z.string(),
  /** Of a charge: tags of its request; absent if it has none. */
  tags: tags.optional(),
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

/**
 * `GET /billing/explain/{requestId}`: how the amount of a charge is computed, so that the caller can repeat it; or why
 * the request was rejected. The organisation's own requests; for `billing:manage` those of all.
 */
export const chargeExplanation = z.strictObject({
  requestId: z.uuid(),
  /** When the request ended. */
  time: z.iso.datetime(),
  /** Empty if the request was rejected, as `model` and `priceVersion`. */
  provider: z.string(),
  model: z.string(),
  /** Tags of the request, and the team of its key; absent if it has none. */
  tags: tags.optional(),
  teamId: z.uuid().optional(),
  /** Who sent it, and its API key; absent if it was rejected, `keyId` also if it was sent without a key. */
  userId: z.uuid().optional(),
  keyId: z.uuid().optional(),
  /** Names of now; absent if there is none, or it cannot be read. */
  userName: z.string().optional(),
  keyName: z.string().optional(),
  teamName: z.string().optional(),
  /** `rejected`: before any provider saw it. */
  outcome: z.enum([...outcome.options, 'rejected']),
  /** Why, if it was rejected. */
  rejection: z.strictObject({ code: z.string(), param: z.string().nullable(), message: z.string() }).optional(),
  /** Milliseconds to the end of the answer; absent if it was rejected, or settled before it was kept. */
  latencyMs: z.number().int().min(0).optional(),
  /** To the first token of the answer; absent if none came, or it was not streamed. */
  ttftMs: z.number().int().min(0).optional(),
  isStreamed: z.boolean().optional(),
  /** Of the answer cache: absent as `latencyMs` is. */
  cache: z.enum(['hit', 'miss', 'bypass']).optional(),
  /** Every attempt in its order, if one failed. The customer does not pay for what failed attempts used. */
  attempts: z.array(attemptSummary.omit({ spent: true }).extend({ spentUsage: usage.optional() })).optional(),
  /** What providers charge us, failed attempts included; for `billing:manage` alone. */
  costNanoUsd: nanoUsdString.optional(),
  /** True where the provider's own figures never reached us. */
  estimated: z.boolean(),
  priceVersion: z.string(),
  /** One for each counter that was used. */
  lines: z.array(
    z.strictObject({
      component: z.enum(usageComponents),
      units: z.number().int(),
      ratePicoUsd: picoUsdString,
      /** Units × rate. */
      amountPicoUsd: z.string(),
    }),
  ),
  /** The lines' sum, rounded once, up. */
  amountNanoUsd: nanoUsdString,
  /**
   * What the provider's prompt cache saved against plain input; below zero if more was written than read. Absent
   * without it.
   */
  cacheSavingNanoUsd: nanoUsdString.optional(),
  /**
   * The provider's own record, if it arrived after an estimate: the difference was moved as well. Absent if there is
   * none.
   */
  correction: z
    .strictObject({
      /** When the record arrived. */
      time: z.iso.datetime(),
      usage,
      amountNanoUsd: nanoUsdString,
      /** What the record costs beyond `amountNanoUsd` of the charge; below zero it costs less. */
      differenceNanoUsd: nanoUsdString,
    })
    .optional(),
  /** What was moved for it; none where the amount is zero. */
  transfers: z.array(
    z.strictObject({
      id: z.uuid(),
      time: z.iso.datetime(),
      from: z.string(),
      to: z.string(),
      amountNanoUsd: nanoUsdString,
    }),
  ),
});
export type ChargeExplanation = z.infer<typeof chargeExplanation>;
