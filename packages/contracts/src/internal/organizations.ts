import { z } from 'zod';

/** Billing → auth `GET /internal/organizations/{id}`: 404 unless the organisation exists. */
export const confirmedOrganization = z.strictObject({ id: z.string() });
export type ConfirmedOrganization = z.infer<typeof confirmedOrganization>;
