import { hash } from 'node:crypto';
import {
  type AccessTokenClaims,
  AppError,
  accessTokenAlgorithm,
  accessTokenClaims,
  accessTokenIssuer,
  jwksPath,
  type Principal,
} from '@aggregator/contracts';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { toSessionSubject } from './key-verdicts.ts';

const entriesMax = 10_000;
const tokenLengthMax = 8192;

interface Entry {
  readonly claims: AccessTokenClaims;
  /** What auth is asked about: the session and the organisation. */
  readonly subject: string;
  readonly expiresAtMs: number;
  /** The principal that was returned last, and that of the session from which it was made. */
  principal: Principal | null;
  session: Principal | null;
}

type FindSession = (session: string) => Principal | null | Promise<Principal | null>;

/**
 * Access tokens as principals. Limits, masking and a block come from the session as it is now, since a token outlives those
 * of the time when it was signed. A scope counts if both the token and the role of now have it. Remembered by the whole token's digest: a cache keyed by a part of it once gave one
 * user's identity to another (CVE-2026-35030).
 */
export class AccessTokens {
  readonly #keys: ReturnType<typeof createRemoteJWKSet>;
  readonly #findSession: FindSession;
  readonly #entries = new Map<string, Entry>();

  constructor(authUrl: string, findSession: FindSession) {
    this.#findSession = findSession;
    this.#keys = createRemoteJWKSet(new URL(jwksPath, authUrl), {
      timeoutDuration: 2000,
      cooldownDuration: 5000,
      cacheMaxAge: 3_600_000,
    });
  }

  /** Returns the principal of a token that was verified before and has not expired; null for any other text. */
  findVerified(token: string): Principal | Promise<Principal> | null {
    if (token.length > tokenLengthMax) return null;
    const entry = this.#entries.get(hash('sha256', token, 'hex'));
    return entry !== undefined && entry.expiresAtMs > Date.now() ? this.#toPrincipal(entry) : null;
  }

  /** Throws `invalid_token`, `access_blocked`; `service_unavailable` if the keys or the session cannot be fetched. */
  find(token: string): Principal | Promise<Principal> {
    if (token.length > tokenLengthMax) throw new AppError('invalid_token', { internal: 'too long' });
    const digest = hash('sha256', token, 'hex');
    const entry = this.#entries.get(digest);
    if (entry !== undefined && entry.expiresAtMs > Date.now()) return this.#toPrincipal(entry);
    return this.#verify(token, digest).then((verified) => this.#toPrincipal(verified));
  }

  async #verify(token: string, digest: string): Promise<Entry> {
    const { expiresAtMs, ...claims } = await this.#readClaims(token);
    if (this.#entries.size >= entriesMax) {
      const oldest = this.#entries.keys().next().value;
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    const entry = {
      claims,
      subject: toSessionSubject(claims.sid, claims.org),
      expiresAtMs,
      principal: null,
      session: null,
    };
    this.#entries.set(digest, entry);
    return entry;
  }

  /** The principal's object stays the same as long as the session's does: its signature is kept with it. */
  #toPrincipal(entry: Entry): Principal | Promise<Principal> {
    const session = this.#findSession(entry.subject);
    return session instanceof Promise ? session.then((found) => join(entry, found)) : join(entry, session);
  }

  async #readClaims(token: string) {
    try {
      const { payload } = await jwtVerify(token, this.#keys, {
        algorithms: [accessTokenAlgorithm],
        issuer: accessTokenIssuer,
        audience: accessTokenIssuer,
        requiredClaims: ['exp'],
      });
      return { ...accessTokenClaims.parse(payload), expiresAtMs: (payload.exp ?? 0) * 1000 };
    } catch (cause) {
      if (isUnreachable(cause)) throw new AppError('service_unavailable', { internal: 'no signing keys', cause });
      throw new AppError('invalid_token', { internal: 'token refused', cause });
    }
  }
}

function join(entry: Entry, session: Principal | null): Principal {
  const { claims } = entry;
  if (session === null || session.userId !== claims.sub || session.orgId !== claims.org) {
    throw new AppError('invalid_token', { internal: 'the session is over' });
  }
  if (entry.principal === null || entry.session !== session) {
    entry.session = session;
    entry.principal = { ...session, scopes: session.scopes.filter((scope) => claims.scopes.includes(scope)) };
  }
  return entry.principal;
}

/** A fault of fetching the keys, as against a fault of the token. */
function isUnreachable(cause: unknown): boolean {
  if (cause instanceof errors.JWKSTimeout) return true;
  if (cause instanceof errors.JOSEError) return cause.code === 'ERR_JOSE_GENERIC';
  return cause instanceof TypeError;
}
