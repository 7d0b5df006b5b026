import { z } from 'zod';
import { routeStrategy, snapshotRoute } from '../routing-snapshot.ts';
import { lastApiChange, publishedAs } from './providers.ts';

/** Bodies of `/orchestrator/routes*`, for holders of `providers:manage`. Unknown fields are refused. */

/** A public name for candidates. Without a slash, so that it never hides `<provider>/<model>`. */
export const routeName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,199}$/, 'letters, digits and any of . _ : - after the first');

const candidate = snapshotRoute.shape.candidates.element;

/** `PUT /orchestrator/routes/{name}`: makes it, or replaces it whole. An alias is a route with one candidate. */
export const putRouteRequest = z.strictObject({
  strategy: routeStrategy.default('weighted'),
  isSticky: z.boolean().default(false),
  resume: snapshotRoute.shape.resume.default('verified'),
  mayFailOverOnPolicy: z.boolean().default(false),
  candidates: z
    .array(
      candidate.extend({ priority: candidate.shape.priority.default(0), weight: candidate.shape.weight.default(1) }),
    )
    .min(1)
    .max(100),
});
export type PutRouteRequest = z.infer<typeof putRouteRequest>;

export const routeRow = z.strictObject({
  ...snapshotRoute.shape,
  /** Who declared it, and so where it is changed. */
  source: z.enum(['api', 'kubernetes']),
  createdAt: z.iso.datetime(),
  ...lastApiChange,
});
export type RouteRow = z.infer<typeof routeRow>;

/** `GET /orchestrator/routes`, by name. */
export const routePage = z.strictObject({ data: z.array(routeRow), nextCursor: z.string().nullable() });
export type RoutePage = z.infer<typeof routePage>;

export const routeChange = z.strictObject({ route: routeRow, snapshot: publishedAs });
export type RouteChange = z.infer<typeof routeChange>;
