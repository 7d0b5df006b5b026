import { z } from 'zod';

/** A request that was rejected before any provider saw it: nothing was held or charged. */
export const rejection = z.strictObject({
  requestId: z.uuid(),
  orgId: z.uuid(),
  time: z.iso.datetime(),
  /** Of the catalogue. */
  code: z.string().max(64),
  /** The field, limit or budget at fault. */
  param: z.string().max(200).nullable(),
  /** The sentence that the caller received. */
  message: z.string().max(1000),
});
export type Rejection = z.infer<typeof rejection>;

export const rejectionsMax = 100;

/** Proxy → billing `POST /internal/rejections` → `{}`, every few seconds: a sample of what was rejected since. */
export const recordRejectionsRequest = z.strictObject({ rejections: z.array(rejection).min(1).max(rejectionsMax) });
