import { z } from 'zod';
import { instant } from '../instant.ts';
import { nanoUsdString } from '../money.ts';

/** Bodies of `/billing/bank-transfers`, `/billing/promotional-credits` and `/billing/automatic-top-up`. */

/**
 * `POST /billing/bank-transfers`, for holders of `billing:manage`: proposes a credit that another operator approves.
 */
export const proposeBankTransferRequest = z.strictObject({
  organizationId: z.uuid().toLowerCase(),
  amountNanoUsd: nanoUsdString,
  /** The bank's own id of the booking. The same again returns the same transfer. */
  bankReference: z.string().trim().min(1).max(200),
  description: z.string().trim().min(1).max(500),
});
export type ProposeBankTransferRequest = z.infer<typeof proposeBankTransferRequest>;

export const bankTransfer = z.strictObject({
  id: z.uuid(),
  time: z.iso.datetime(),
  organizationId: z.uuid(),
  amountNanoUsd: nanoUsdString,
  bankReference: z.string(),
  description: z.string(),
  /** Only `approved` is in the balance. */
  state: z.enum(['proposed', 'approved', 'rejected']),
  proposedBy: z.uuid(),
  /** Never the user who proposed it, if it is approved. */
  decidedBy: z.uuid().nullable(),
});
export type BankTransfer = z.infer<typeof bankTransfer>;

export const bankTransferPage = z.strictObject({ data: z.array(bankTransfer), nextCursor: z.string().nullable() });

/** `POST /billing/promotional-credits`, for holders of `billing:manage`. */
export const createPromotionalCreditRequest = z.strictObject({
  organizationId: z.uuid().toLowerCase(),
  amountNanoUsd: nanoUsdString,
  /** What is left then goes back. At most five years from now. */
  expiresAt: instant,
  description: z.string().trim().min(1).max(500),
  idempotencyKey: z.string().min(8).max(255),
});
export type CreatePromotionalCreditRequest = z.infer<typeof createPromotionalCreditRequest>;

export const promotionalCredit = z.strictObject({
  id: z.uuid(),
  time: z.iso.datetime(),
  organizationId: z.uuid(),
  amountNanoUsd: nanoUsdString,
  /** Not spent yet; 0 after `expiresAt`. */
  remainingNanoUsd: nanoUsdString,
  expiresAt: z.iso.datetime(),
  description: z.string(),
});
export type PromotionalCredit = z.infer<typeof promotionalCredit>;

export const promotionalCreditList = z.strictObject({ data: z.array(promotionalCredit) });

/** `PUT /billing/automatic-top-up`, for holders of `billing:pay`: charges the saved method when the balance is low. */
export const putAutomaticTopUpRequest = z.strictObject({
  /** A balance below it is topped up. */
  thresholdNanoUsd: nanoUsdString,
  /** A whole number of cents, within the bounds of a top-up. */
  amountNanoUsd: nanoUsdString,
  /** Most in any 24 hours. */
  dayMaxNanoUsd: nanoUsdString,
  /** Most in any 30 days. */
  monthMaxNanoUsd: nanoUsdString,
});
export type PutAutomaticTopUpRequest = z.infer<typeof putAutomaticTopUpRequest>;

export const automaticTopUp = z.strictObject({
  ...putAutomaticTopUpRequest.shape,
  /** `suspended`: too many declines; saving the settings again resumes it. */
  state: z.enum(['active', 'suspended']),
  /** Declines since the last success. */
  failures: z.number().int(),
  nextAttemptAt: z.iso.datetime(),
});
export type AutomaticTopUp = z.infer<typeof automaticTopUp>;

export const automaticTopUpAnswer = z.strictObject({ automaticTopUp: automaticTopUp.nullable() });
