import { z } from 'zod';

/** An address, or the /64 of one of IPv6. */
const address = z.string().min(1).max(64);

/** Gateway → auth `POST /internal/keys/sightings`: which keys were used since the last report, and from where. 204. */
export const keySightings = z.strictObject({
  keys: z
    .array(
      z.strictObject({
        keyId: z.uuid(),
        organizationId: z.uuid(),
        addresses: z.array(address).max(8),
        requests: z.int().min(1),
      }),
    )
    .max(1000),
  /** Addresses that were rejected for too many credentials that are not good. */
  rejected: z.array(z.strictObject({ address, count: z.int().min(1) })).max(100),
});
export type KeySightings = z.infer<typeof keySightings>;
