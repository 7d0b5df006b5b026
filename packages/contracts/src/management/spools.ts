import { z } from 'zod';

/**
 * `GET /billing/spools`, for holders of `billing:manage`: the logs in which proxies keep what is not in the ledger yet.
 */
export const spoolRow = z.strictObject({
  id: z.string(),
  lastSeenAt: z.iso.datetime(),
  /** As it was last reported. */
  openRequests: z.number().int(),
  unshipped: z.number().int(),
  /**
   * `open`: it reports. `silent`: it has not reported for ten minutes; money waits for it. `closed`: it left nothing
   * behind.
   * `lost`: declared by `POST /billing/spools/{id}/lost`; money does not wait for it until it reports again.
   */
  state: z.enum(['open', 'silent', 'closed', 'lost']),
  /** Records that are missing among those that have arrived. */
  missingRecords: z.boolean(),
});
export type SpoolRow = z.infer<typeof spoolRow>;

/** At most 500 of them, those that were seen longest ago first. */
export const spoolPage = z.strictObject({ data: z.array(spoolRow) });
export type SpoolPage = z.infer<typeof spoolPage>;
