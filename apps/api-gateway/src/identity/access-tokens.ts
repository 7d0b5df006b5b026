import { hash } from 'node:crypto';
import {
  AppError,
  accessTokenAlgorithm,
  accessTokenClaims,
  accessTokenIssuer,
  jwksPath,
  type Principal,
  type PrivacyPolicy,
} from '@aggregator/contracts';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';

const entriesMax = 10_000;
const tokenLengthMax = 8192;

interface Entry {
  principal: Principal;
  expiresAtMs: number;
}

type FindPolicy = (organizationId: string) => PrivacyPolicy | null | Promise<PrivacyPolicy | null>;

/**
 * Access tokens as principals. What their organisation masks is asked for each time, since a token outlives the policy of
 * the time when it was signed. Remembered by the whole token's digest: a cache keyed by a part of it once gave one
 * user's identity to another (CVE-2026-35030).
 */
export class AccessTokens {
  readonly #keys: ReturnType<typeof createRemoteJWKSet>;
  readonly #findPolicy: FindPolicy;
  readonly #entries = new Map<string, Entry>();

  constructor(authUrl: string, findPolicy: FindPolicy) {
    this.#findPolicy = findPolicy;
    this.#keys = createRemoteJWKSet(new URL(jwksPath, authUrl), {
      timeoutDuration: 2000,
      cooldownDuration: 5000,
      cacheMaxAge: 3_600_000,
    });
  }

  /** Throws `invalid_token`; `service_unavailable` where the keys or the policy cannot be fetched. */
  find(token: string): Principal | Promise<Principal> {
    if (token.length > tokenLengthMax) throw new AppError('invalid_token', { internal: 'too long' });
    const digest = hash('sha256', token, 'hex');
    const entry = this.#entries.get(digest);
    if (entry !== undefined && entry.expiresAtMs > Date.now()) return this.#addPolicy(entry);
    return this.#verify(token, digest).then((verified) => this.#addPolicy(verified));
  }

  async #verify(token: string, digest: string): Promise<Entry> {
    const claims = await this.#readClaims(token);
    const principal: Principal = {
      orgId: claims.org,
      userId: claims.sub,
      keyId: null,
      sessionId: claims.sid,
      scopes: claims.scopes,
      models: null,
      limits: { requestsPerMinute: null, tokensPerMinute: null, concurrentRequests: null },
    };
    if (this.#entries.size >= entriesMax) {
      const oldest = this.#entries.keys().next().value;
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    const entry = { principal, expiresAtMs: claims.expiresAtMs };
    this.#entries.set(digest, entry);
    return entry;
  }

  /** The principal's object stays the same as long as the policy does: its signature is kept with it. */
  #addPolicy(entry: Entry): Principal | Promise<Principal> {
    const add = (privacy: PrivacyPolicy | null) => {
      if ((entry.principal.privacy ?? null) !== privacy) entry.principal = { ...entry.principal, privacy };
      return entry.principal;
    };
    const privacy = this.#findPolicy(entry.principal.orgId);
    return privacy instanceof Promise ? privacy.then(add) : add(privacy);
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

/** A fault of fetching the keys, as against a fault of the token. */
function isUnreachable(cause: unknown): boolean {
  if (cause instanceof errors.JWKSTimeout) return true;
  if (cause instanceof errors.JOSEError) return cause.code === 'ERR_JOSE_GENERIC';
  return cause instanceof TypeError;
}
