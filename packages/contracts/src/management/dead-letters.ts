import { z } from 'zod';

/** A usage event that billing cannot post and that no operator has decided on yet. */
export const deadLetter = z.strictObject({
  id: z.uuid(),
  time: z.iso.datetime(),
  /** `unknown` where it is no event of usage. */
  eventId: z.string(),
  /** For example `amount_mismatch` or `invalid_event`. The runbook explains each. */
  reason: z.string(),
});
export type DeadLetter = z.infer<typeof deadLetter>;

/** `GET /billing/dead-letters`, for holders of `billing:manage`: newest first. */
export const deadLetterPage = z.strictObject({ data: z.array(deadLetter), nextCursor: z.string().nullable() });
export type DeadLetterPage = z.infer<typeof deadLetterPage>;

/** `GET /billing/dead-letters/{id}`. `body`: the event as it came, cut at 20,000 characters. */
export const deadLetterWithBody = deadLetter.extend({ body: z.string() });
export type DeadLetterWithBody = z.infer<typeof deadLetterWithBody>;

/**
 * Answer to `POST /billing/dead-letters/{id}/replay`. `reason` is null where it was posted, or had been posted before.
 */
export const deadLetterReplay = z.strictObject({
  result: z.enum(['handled', 'rejected']),
  reason: z.string().nullable(),
});
export type DeadLetterReplay = z.infer<typeof deadLetterReplay>;
