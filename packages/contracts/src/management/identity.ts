import { z } from 'zod';
import { instant } from '../instant.ts';
import { memberRole } from '../permissions.ts';
import { cacheMarks, principalLimits, scope } from '../principal.ts';
import { privacyPolicy } from '../privacy-policy.ts';
import { tagKeys } from '../tags.ts';
import { browserOrigin } from './browser-origin.ts';
import { lastChange } from './last-change.ts';
import { queryPage } from './page.ts';

/**
 * Bodies of `/auth/*` and `/users/*`. Unknown fields are refused, so no user can give themselves a role or a balance.
 */
const email = z
  .email()
  .max(254)
  .transform((value) => value.toLowerCase());
const password = z.string().min(10).max(256);
const name = z.string().trim().min(1).max(100);

export const registerRequest = z.strictObject({
  ...{ email, password, name, organization: name.optional() },
  /** Language of the mail that verifies the address; English where absent. */
  language: z.enum(['en', 'ru']).optional(),
});
export type RegisterRequest = z.infer<typeof registerRequest>;

export const user = z.strictObject({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  /** Role in the organisation of `organizationId`. */
  role: memberRole,
  /** True for a person who runs the installation. */
  isOperator: z.boolean(),
  organizationId: z.uuid(),
  createdAt: z.iso.datetime(),
});
export type User = z.infer<typeof user>;

export const organization = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  /** What is masked for every key and user of it, even if their own policies mask less; null if it has no policy. */
  privacy: privacyPolicy.nullable(),
  /** False if no responses and conversations of it are stored. */
  storesResponses: z.boolean(),
  /** Keys of a request's `metadata` that become tags of its usage. */
  tagKeys: z.array(z.string()),
  createdAt: z.iso.datetime(),
});

/** `GET` and `PATCH /auth/organization`. */
export const shownOrganization = organization.extend(lastChange.shape);
export type ShownOrganization = z.infer<typeof shownOrganization>;
export type Organization = z.infer<typeof organization>;

/** `PATCH /auth/organization`: what is not given stays. */
export const updateOrganizationRequest = z.strictObject({
  privacy: privacyPolicy.nullable().optional(),
  storesResponses: z.boolean().optional(),
  tagKeys: tagKeys.optional(),
});
export type UpdateOrganizationRequest = z.infer<typeof updateOrganizationRequest>;

export const registerAnswer = z.strictObject({ user, organization });
export type RegisterAnswer = z.infer<typeof registerAnswer>;

/** `organizationId`: the organisation that the access token is for; where absent, the first that the user joined. */
export const loginRequest = z.strictObject({
  email: z.string().max(254),
  password: z.string().max(256),
  organizationId: z.uuid().optional(),
});
/** `organizationId`: the organisation that the access tokens are for from now on; where absent, the same as before. */
export const refreshRequest = z.strictObject({
  refreshToken: z.string().max(512),
  organizationId: z.uuid().optional(),
});
/** Ends the session of `refreshToken`, else the one of the access token. */
export const logoutRequest = z.strictObject({ refreshToken: z.string().max(512).optional() });
export const tokenAnswer = z.strictObject({
  accessToken: z.string(),
  refreshToken: z.string(),
  /** Seconds. */
  expiresIn: z.number().int(),
  tokenType: z.literal('Bearer'),
});
export type TokenAnswer = z.infer<typeof tokenAnswer>;

export const updateProfileRequest = z.strictObject({ name: name.optional() });

export const createApiKeyRequest = z.strictObject({
  name,
  scopes: z.array(scope).min(1).max(32).optional(),
  models: z.array(z.string().min(1).max(256)).max(1000).optional(),
  allowedIps: z
    .array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]))
    .max(100)
    .optional(),
  /** Browser pages of these origins may use the key, and of no other; requests of no browser are not affected. */
  allowedOrigins: z.array(browserOrigin).min(1).max(100).optional(),
  expiresAt: instant.optional(),
  /** A limit that is absent or null is the installation's default; none can be above the operator's ceiling. */
  limits: principalLimits.partial().optional(),
  privacy: privacyPolicy.optional(),
  /** Marks of the prompt cache for its requests; absent if the provider's option decides. */
  cacheMarks: cacheMarks.optional(),
  /** The team that the key works for; its models bound the key. */
  teamId: z.uuid().optional(),
  /** The service account that the key belongs to, in place of the caller. */
  serviceAccountId: z.uuid().optional(),
});
export type CreateApiKeyRequest = z.infer<typeof createApiKeyRequest>;

export const apiKey = z.strictObject({
  id: z.uuid(),
  /** The user or service account that the key belongs to. */
  userId: z.uuid(),
  userName: z.string(),
  /** The team that the key works for; null if none. */
  teamId: z.uuid().nullable(),
  teamName: z.string().nullable(),
  name: z.string(),
  /** `agk_live_` and the first characters, to recognise a key by. */
  prefix: z.string(),
  last4: z.string(),
  scopes: z.array(scope),
  models: z.array(z.string()).nullable(),
  allowedIps: z.array(z.string()).nullable(),
  allowedOrigins: z.array(z.string()).nullable(),
  limits: principalLimits,
  /** The key's own; its organisation's is masked as well. */
  privacy: privacyPolicy.nullable(),
  /** Null if the provider's option decides. */
  cacheMarks: cacheMarks.nullable(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
  /** The API key that made this one, which is revoked with it; null if a user made it. */
  createdByKeyId: z.uuid().nullable(),
  ...lastChange.shape,
});
export type ApiKey = z.infer<typeof apiKey>;

/** The only answer that ever holds the key itself. */
export const createdApiKey = apiKey.extend({ key: z.string() });
export type CreatedApiKey = z.infer<typeof createdApiKey>;

/** `true` or `false` in a query. */
export const queryFlag = z.enum(['true', 'false']).transform((text) => text === 'true');
/**
 * Query of `GET /auth/api-keys`, newest first. `isRevoked`: only those that are, or are not. `name`: a part of the
 * name.
 */
export const listApiKeysQuery = queryPage.extend({
  userId: z.uuid().optional(),
  teamId: z.uuid().optional(),
  isRevoked: queryFlag.optional(),
  name: z.string().trim().min(1).max(100).optional(),
});

/**
 * Query of `DELETE /auth/api-keys/{id}`. `kill`: gateways also end the answers that the key has open; false where
 * absent.
 * `cascade`: keys that the key made, and those that these made, are revoked too; true where absent.
 */
export const revokeApiKeyQuery = z.strictObject({ kill: queryFlag.optional(), cascade: queryFlag.optional() });
/** Query of `POST /auth/api-keys/{id}/rotate`: how many seconds the old key stays valid, at most a day; 0 if absent. */
export const rotateApiKeyQuery = z.strictObject({
  overlapSeconds: z
    .string()
    .regex(/^\d{1,5}$/, 'a whole number from 0 to 86400')
    .transform(Number)
    .pipe(z.number().max(86_400))
    .optional(),
});

export const apiKeyList = z.strictObject({ data: z.array(apiKey), nextCursor: z.string().nullable() });
