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
