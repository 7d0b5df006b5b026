import { z } from 'zod';

/** A number that billing hands out in growing order; a decimal string, since it is wider than a JSON number. */
const mark = z.string().regex(/^\d{1,19}$/, 'a whole number as a string');

/**
 * Proxy → billing `POST /internal/spools/watermark`, every few seconds: how far the proxy's spool is. So billing knows
 * when no settlement of a request of the past can follow any more. No clock is compared: the proxy remembers when it
 * received a mark, by the order of the own requests, and reports the mark once all requests that began before are
 * settled and acknowledged by the event log.
 */
export const spoolWatermark = z.strictObject({
  spoolId: z.string().min(1).max(100),
  epoch: z.number().int().min(1),
  /** The newest mark that is passed, and the number of the last settlement before that; null before the first. */
  passed: z.strictObject({ mark, seq: z.number().int().min(0) }).nullable(),
  /** Requests that are held or dispatched, and not settled. */
  openRequests: z.number().int().min(0),
  /** Settlements that the event log has not acknowledged. */
  unshipped: z.number().int().min(0),
  /** The proxy has stopped, and left nothing behind: nothing follows until the spool is opened again. */
  isClosed: z.boolean(),
});
export type SpoolWatermark = z.infer<typeof spoolWatermark>;

export const spoolMark = z.strictObject({ mark });
export type SpoolMark = z.infer<typeof spoolMark>;
