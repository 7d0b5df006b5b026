import { z } from 'zod';
import { budgetModels } from '../budget.ts';
import { limitCounts, limitLevel } from '../limit.ts';
import { queryPage } from './page.ts';

const name = z.string().trim().min(1).max(100);

/** What all requests of one organisation, team, user or key may take together. */
export const limit = limitCounts.extend({
  id: z.uuid(),
  name: z.string(),
  level: limitLevel,
  /** The organisation, team, user or key. */
  subjectId: z.uuid(),
  /** Models whose requests it counts; null means all. */
  models: z.array(z.string()).nullable(),
  /** The user who changed it last. */
  changedBy: z.uuid().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type Limit = z.infer<typeof limit>;

/** A limit of `/auth/organization/limits`, with names. */
export const shownLimit = limit.extend({
  /** Of the organisation, team, user or key. */
  subjectName: z.string().nullable(),
  /** Null if that user is no member of the organisation. */
  changedByName: z.string().nullable(),
});
export type ShownLimit = z.infer<typeof shownLimit>;

/** Page of `GET /auth/organization/limits`, oldest first. */
export const limitList = z.strictObject({ data: z.array(shownLimit).max(100), nextCursor: z.string().nullable() });

/** How much of one count of a limit is used now. */
export const limitUse = z.strictObject({
  limit: z.number().int(),
  /** Requests, tokens, or open requests; never more than `limit`. */
  used: z.number().int().min(0),
  remaining: z.number().int().min(0),
  /** When nothing is used any more if no request comes; null if nothing is used, and for open requests. */
  resetsAt: z.iso.datetime().nullable(),
});
export type LimitUse = z.infer<typeof limitUse>;

/** A limit and its present use, of `GET /billing/limits`. */
export const limitStatus = shownLimit.extend({
  /**
   * By the names of the counts; null for what the limit does not count. Null while the counter store does not answer.
   */
  use: z
    .strictObject({
      requestsPerMinute: limitUse.nullable(),
      tokensPerMinute: limitUse.nullable(),
      concurrentRequests: limitUse.nullable(),
    })
    .nullable(),
});
export type LimitStatus = z.infer<typeof limitStatus>;

/** Page of `GET /billing/limits`, oldest first. */
export const limitStatusList = z.strictObject({
  data: z.array(limitStatus).max(100),
  nextCursor: z.string().nullable(),
});

/** Query of both lists of limits. */
export const limitQuery = queryPage.extend({ level: limitLevel.optional(), subjectId: z.uuid().optional() });

/** `POST /auth/organization/limits`; one count at least. `subjectId` may be absent for the organisation itself. */
export const createLimitRequest = limitCounts.partial().extend({
  name,
  level: limitLevel,
  subjectId: z.uuid().optional(),
  models: budgetModels.nullable().optional(),
});
export type CreateLimitRequest = z.infer<typeof createLimitRequest>;

/** `PATCH /auth/organization/limits/{limitId}`: what is not given stays; null counts it no more. */
export const updateLimitRequest = limitCounts.partial().extend({
  name: name.optional(),
  models: budgetModels.nullable().optional(),
});
export type UpdateLimitRequest = z.infer<typeof updateLimitRequest>;
