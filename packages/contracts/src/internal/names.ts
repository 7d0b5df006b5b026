import { z } from 'zod';

/** Most ids in one request for names. */
export const namesAskedMax = 1000;

/** Billing and analytics → auth `POST /internal/organizations/{id}/names`: ids of users, API keys and teams. */
export const namesRequest = z.strictObject({ ids: z.array(z.uuid()).max(namesAskedMax) });
export type NamesRequest = z.infer<typeof namesRequest>;

/** Names by id. An id that is none of the organisation's users, API keys or teams is absent. */
export const namesAnswer = z.strictObject({ names: z.record(z.uuid(), z.string()) });
export type NamesAnswer = z.infer<typeof namesAnswer>;
