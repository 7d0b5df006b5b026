import { z } from 'zod';
import { ssoRole } from './sso.ts';

/** `POST /auth/organization/scim-tokens`: a credential for the identity provider of the organisation. */
export const createScimTokenRequest = z.strictObject({
  name: z.string().trim().min(1).max(100),
  /** Role of members that it makes. */
  role: ssoRole.default('developer'),
  /** The member that gets the API keys of leavers; they are revoked where absent. */
  handKeysTo: z.uuid().optional(),
});
export type CreateScimTokenRequest = z.infer<typeof createScimTokenRequest>;

export const scimToken = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  last4: z.string(),
  role: ssoRole,
  handKeysTo: z.uuid().nullable(),
  createdById: z.uuid(),
  createdAt: z.iso.datetime(),
});
export type ScimToken = z.infer<typeof scimToken>;

/** The only answer that ever holds the token itself, with the address that the identity provider needs. */
export const createdScimToken = scimToken.extend({ token: z.string(), baseUrl: z.string() });
export type CreatedScimToken = z.infer<typeof createdScimToken>;

/** `GET /auth/organization/scim-tokens`: those that are not revoked. */
export const scimTokenList = z.strictObject({ data: z.array(scimToken).max(10) });
