import { z } from 'zod';
import { principalLimits } from '../principal.ts';
import { queryFlag } from './identity.ts';
import { lastChange } from './last-change.ts';
import { queryPage } from './page.ts';

/** Bodies of the operator's routes for organisations (scope `tenants:manage`). */
const ceilings = z.strictObject({
  requestsPerMinute: principalLimits.shape.requestsPerMinute.unwrap().optional(),
  tokensPerMinute: principalLimits.shape.tokensPerMinute.unwrap().optional(),
  concurrentRequests: principalLimits.shape.concurrentRequests.unwrap().optional(),
});

/**
 * The operator's ceilings for one organisation; each replaces the installation's. `organization` bounds all keys and
 * users of it together, `key` bounds each key and each user. The installation's ceiling applies to what is absent.
 */
export const organizationCeilings = z.strictObject({ organization: ceilings.optional(), key: ceilings.optional() });
export type OrganizationCeilings = z.infer<typeof organizationCeilings>;

/**
 * `PATCH /auth/organizations/{id}`: `ceilings` replaces all of the organisation's; null returns to the installation's.
 */
export const updateTenantRequest = z.strictObject({ ceilings: organizationCeilings.nullable() });

/** An organisation as the operator sees it. */
export const tenant = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  /** Null if the operator set none. */
  ceilings: organizationCeilings.nullable(),
  /** Limits in force, over all keys and users of the organisation together; null means none. */
  limits: principalLimits,
  /** Most that one key or one user of it can have; null means no ceiling. */
  keyLimitsMax: principalLimits,
  /** Null if it is not blocked. */
  blockedAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  ...lastChange.shape,
});
export type Tenant = z.infer<typeof tenant>;

/** Query of `GET /auth/organizations`, newest first. `name`: a part of it, in any case. Deleted ones are not listed. */
export const listTenantsQuery = queryPage.extend({ name: z.string().trim().min(1).max(100).optional() });
export const tenantList = z.strictObject({ data: z.array(tenant).max(100), nextCursor: z.string().nullable() });

/** What the operator can block: `PUT` and `DELETE /auth/blocks/{kind}/{id}`. */
export const blockKind = z.enum(['organizations', 'users', 'api-keys']);
export type BlockKind = z.infer<typeof blockKind>;

/** Query of `PUT /auth/blocks/{kind}/{id}`. `kill`: gateways also end the answers that are open; false where absent. */
export const blockQuery = z.strictObject({ kill: queryFlag.optional() });

const block = z.strictObject({ kind: blockKind, id: z.uuid(), blockedAt: z.iso.datetime() });
/** `GET /auth/blocks`: the newest 300, newest first. */
export const blockList = z.strictObject({ data: z.array(block).max(300) });
export type BlockList = z.infer<typeof blockList>;
