import { z } from 'zod';

/** What an identity provider states of a person. */
export interface SsoAccount {
  /** `sub`: the one name that stays. */
  readonly subject: string;
  /** Lower case; null if none is stated. */
  readonly email: string | null;
  /** `email_verified`; null if it is not stated. */
  readonly isEmailVerified: boolean | null;
  readonly name: string | null;
  /** Values of the claim that the mapping reads. */
  readonly values: readonly string[];
}

const valuesMax = 10_000;
/** Some providers state the flag as a text. */
const flagOf = new Map<unknown, boolean>([
  ...([true, 'true', 1] as const).map((value) => [value, true] as const),
  ...([false, 'false', 0] as const).map((value) => [value, false] as const),
]);
const email = z.email().max(254);

type Claims = Readonly<Record<string, unknown>>;

/** Joins the claims of the ID token, which count first, with those of UserInfo. `email_verified` counts for the address beside it. */
export function joinClaims(idToken: Claims, userInfo: Claims): Claims {
  if (idToken.email === undefined) return { ...userInfo, ...idToken, email_verified: userInfo.email_verified };
  const isSame = idToken.email === userInfo.email;
  return { ...userInfo, email_verified: isSame ? userInfo.email_verified : undefined, ...idToken };
}

/** Reads the claims of an ID token or of UserInfo. A claim of another form counts as absent. */
export function toAccount(claims: Claims, claim: string): SsoAccount {
  const address = email.safeParse(claims.email);
  const stated = claims[claim];
  const values = Array.isArray(stated) ? stated.slice(0, valuesMax) : [stated];
  return {
    subject: String(claims.sub),
    email: address.success ? address.data.toLowerCase() : null,
    isEmailVerified: flagOf.get(claims.email_verified) ?? null,
    name: typeof claims.name === 'string' && claims.name.trim() !== '' ? claims.name.trim().slice(0, 100) : null,
    values: values.filter((value) => typeof value === 'string'),
  };
}
