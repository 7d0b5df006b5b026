import { z } from 'zod';
import { memberRole } from '../permissions.ts';
import { tokenAnswer } from './identity.ts';
import { lastChange } from './last-change.ts';

/** Domain of e-mail addresses, in lower case. */
const domain = z
  .string()
  .max(253)
  .transform((text) => text.toLowerCase())
  .pipe(z.string().regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/, 'a domain such as example.com'));

/** Roles that an identity provider can give. An owner is made by an owner alone. */
export const ssoRole = memberRole.exclude(['owner']);

/** Part of the address of a provider: lower-case letters, digits and dashes. */
export const ssoProviderName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'lower-case letters, digits and dashes');

/** A value of the claim, and what it gives: a role, a place in a team, or both. */
const rule = z.strictObject({
  value: z.string().min(1).max(256),
  role: ssoRole.optional(),
  teamId: z.uuid().optional(),
});

/** Rules by the values of one claim of the ID token or of UserInfo, such as `groups`. */
export const ssoMapping = z.strictObject({
  claim: z.string().min(1).max(256).default('groups'),
  rules: z.array(rule).max(1000).default([]),
});
export type SsoMapping = z.infer<typeof ssoMapping>;

/** `PUT /auth/sso-providers/{name}`: makes it, or replaces it whole. Without `clientSecret` the present one stays. */
export const putSsoProviderRequest = z.strictObject({
  label: z.string().trim().min(1).max(100),
  /** Its `/.well-known/openid-configuration` is read. */
  issuer: z.string().max(2000),
  clientId: z.string().min(1).max(500),
  /** Null for a public client. */
  clientSecret: z.string().min(1).max(2000).nullable().optional(),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/, 'a scope without spaces'))
    .max(20)
    .default(['openid', 'email', 'profile']),
  /** The organisation whose members log in with it. */
  organizationId: z.uuid(),
  /** Only addresses of these domains are believed. */
  domains: z.array(domain).min(1).max(100),
  /** True: people of these domains cannot log in with a password. */
  isEnforced: z.boolean().default(false),
  /** False: only the sign-in methods of an address of its domains show it. */
  isListed: z.boolean().default(true),
  /** True: a person who is no member becomes one at the first login. */
  createsUsers: z.boolean().default(false),
  /** True: an address without `email_verified` is believed. For providers that state none, such as Entra ID. */
  isEmailTrusted: z.boolean().default(false),
  /** True: people who run the installation can log in with it. */
  isForOperators: z.boolean().default(false),
  /** Role without a rule that gives one; null: such a person is rejected. */
  defaultRole: ssoRole.nullable().default('developer'),
  mapping: ssoMapping.default({ claim: 'groups', rules: [] }),
});
export type PutSsoProviderRequest = z.infer<typeof putSsoProviderRequest>;

export const ssoProvider = z.strictObject({
  name: z.string(),
  ...putSsoProviderRequest.omit({ clientSecret: true }).shape,
  hasClientSecret: z.boolean(),
  /** Where the identity provider sends people back to; it must be registered there. */
  redirectUri: z.string(),
  createdAt: z.iso.datetime(),
  changedAt: z.iso.datetime(),
  ...lastChange.pick({ changedBy: true, changedByName: true }).shape,
});
export type SsoProvider = z.infer<typeof ssoProvider>;

/** `GET /auth/sso-providers`, by name. */
export const ssoProviderList = z.strictObject({ data: z.array(ssoProvider).max(100) });

/** Query of `GET /auth/methods`. `email`: the methods for this address. */
export const signInMethodsQuery = z.strictObject({ email: z.string().max(254).optional() });

/** `GET /auth/methods`: how a person can log in. Needs no credential. */
export const signInMethods = z.strictObject({
  /** Who can make an account. */
  signUp: z.enum(['open', 'invite-only', 'domains', 'closed']),
  /** False if the address must use one of `providers`; true without an address. */
  isPasswordAllowed: z.boolean(),
  /** True if the installation sends mails, so that a password can be reset. */
  sendsMails: z.boolean(),
  providers: z.array(
    z.strictObject({
      name: z.string(),
      label: z.string(),
      /** Path of this API that a browser is sent to; `?return_to=` takes a path of the installation. */
      startUrl: z.string(),
    }),
  ),
});
export type SignInMethods = z.infer<typeof signInMethods>;

/** Query of `GET /auth/sso/{name}/start`. `return_to`: the path that gets `#sso_code=` or `#sso_error=`. */
export const startSsoQuery = z.strictObject({ return_to: z.string().max(1000).optional() });

/**
 * `POST /auth/sso/token`: from the browser that began the login, within a minute, once. Answered with `tokenAnswer`.
 */
export const ssoTokenRequest = z.strictObject({ code: z.string().max(200) });
export const ssoTokenAnswer = tokenAnswer;

/** Name of the cookie that binds a login to the browser that began it. */
export const ssoCookieName = 'aggregator_sso';
