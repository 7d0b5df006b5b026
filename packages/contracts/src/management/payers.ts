import { z } from 'zod';
import { nanoUsdString } from '../money.ts';

/** Bodies of `/billing/payer`, `/billing/paid-organizations` and `/billing/payers`. docs/payers.md explains them. */

/** `PUT /billing/payer`, for holders of `billing:pay`: asks another organisation to pay. */
export const askPayerRequest = z.strictObject({
  /** The organisation that shall pay. It must accept. */
  organizationId: z.uuid().toLowerCase(),
});

/** `asked`: the payer has not accepted. `detaching`: it pays what is under way, and no new request. */
export const payerState = z.enum(['asked', 'attached', 'detaching']);

const payer = z.strictObject({
  /** The organisation that pays. */
  organizationId: z.uuid(),
  state: payerState,
  /** When this state began. */
  since: z.iso.datetime(),
});
/** Null if the organisation pays for itself. */
export const payerAnswer = z.strictObject({ payer: payer.nullable() });
export type PayerAnswer = z.infer<typeof payerAnswer>;

/** `GET /billing/paid-organizations`: those that the caller's organisation pays for, or is asked to. */
export const paidOrganizationPage = z.strictObject({
  data: z.array(
    z.strictObject({
      /** The organisation whose requests are paid. */
      organizationId: z.uuid(),
      state: payerState,
      since: z.iso.datetime(),
    }),
  ),
  nextCursor: z.string().nullable(),
});
export type PaidOrganizationPage = z.infer<typeof paidOrganizationPage>;

/** `PUT /billing/payers/{id}/credit-limit`, for holders of `billing:manage`. */
export const putCreditLimitRequest = z.strictObject({
  /** How far the balance may be below zero; 0 for prepaid. At most a hundred million dollars. */
  creditLimitNanoUsd: nanoUsdString,
});
export const creditLimitAnswer = z.strictObject({ organizationId: z.uuid(), creditLimitNanoUsd: nanoUsdString });
export type CreditLimitAnswer = z.infer<typeof creditLimitAnswer>;
