import { z } from 'zod';
import { nanoUsdString } from '../money.ts';
import { usage } from '../usage.ts';

/** A request whose provider reported more than the request can have used (`usage_inconsistent`). */
export const usageReview = z.strictObject({
  id: z.uuid(),
  time: z.iso.datetime(),
  requestId: z.uuid(),
  organizationId: z.uuid(),
  provider: z.string(),
  model: z.string(),
  /** What the customer paid for. */
  chargedUsage: usage,
  reportedUsage: usage,
  chargedNanoUsd: nanoUsdString,
  /** The price of the report beyond the charge; booked to the platform's loss. At most a million dollars. */
  differenceNanoUsd: nanoUsdString,
  state: z.enum(['open', 'closed']),
});
export type UsageReview = z.infer<typeof usageReview>;

/** `GET /billing/reviews`, for holders of `billing:manage`: newest first. */
export const reviewPage = z.strictObject({ data: z.array(usageReview), nextCursor: z.string().nullable() });
export type ReviewPage = z.infer<typeof reviewPage>;
