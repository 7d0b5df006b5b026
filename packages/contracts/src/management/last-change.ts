import { z } from 'zod';

/** Who changed a resource last, and when: its newest audit entry. */
export const lastChange = z.strictObject({
  /** Null if the installation or an identity provider did. */
  changedBy: z.uuid().nullable(),
  /** Null if that user is no member of the organisation. */
  changedByName: z.string().nullable(),
  /** Null if it has no audit entry. */
  changedAt: z.iso.datetime().nullable(),
});
export type LastChange = z.infer<typeof lastChange>;
