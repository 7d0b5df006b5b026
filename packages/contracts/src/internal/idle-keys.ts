import { z } from 'zod';

/**
 * Billing → auth `GET /internal/organizations/{id}/idle-keys?since=`: ids of keys that are valid, are older than
 * `since`, and were not used after it; the oldest first.
 */
export const idleKeysQuery = z.strictObject({ since: z.iso.datetime() });
export const idleKeys = z.strictObject({ data: z.array(z.uuid()).max(20) });
