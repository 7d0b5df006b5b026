import { z } from 'zod';
import { nanoUsdString } from '../money.ts';

/** Proxy → billing `POST /internal/leases`: the organisation's credit at the counter store does not cover a hold. */
export const leaseRequest = z.strictObject({ orgId: z.uuid(), neededNanoUsd: nanoUsdString });

/**
 * `granted`: at least what was needed is now at the counter store; hold again. `insufficient`: the balance does not
 * cover it. Billing posts the lease in its ledger before it grants credit, so a crash strands money and never creates
 * any.
 */
export const leaseAnswer = z.discriminatedUnion('result', [
  z.strictObject({ result: z.literal('granted'), leaseId: z.uuid(), amountNanoUsd: nanoUsdString }),
  z.strictObject({ result: z.literal('insufficient') }),
  /** The organisation has been granted all that the operator allows in one minute. */
  z.strictObject({ result: z.literal('limited'), retryAfterMs: z.number().int().min(1) }),
]);
export type LeaseAnswer = z.infer<typeof leaseAnswer>;
