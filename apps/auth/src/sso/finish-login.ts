import { randomBytes } from 'node:crypto';
import { AppError, ssoMapping } from '@aggregator/contracts';
import { isUniqueViolation } from '@aggregator/database';
import { authorizationCodeGrant, type Configuration, fetchUserInfo } from 'openid-client';
import type { AuthContext } from '../auth-context.ts';
import type { SsoProvider } from '../generated/prisma/client.ts';
import { type Admission, admitAccount } from './admit-account.ts';
import { type PendingLogin, sha256 } from './pending-login.ts';
import { joinClaims, type SsoAccount, toAccount } from './sso-account.ts';
import { openClient } from './start-login.ts';
import { toRedirectUri } from './stored-provider.ts';

/** Time that the page has to exchange its code. */
const codeMs = 60_000;

type Parts = Pick<AuthContext, 'database' | 'now' | 'loginGuard' | 'oidcClients' | 'ssoSecrets' | 'publicUrl'>;

export interface Callback {
  /** Query of the address that the identity provider sent the browser to, with its `?`. */
  query: string;
  /** The cookie of the browser. */
  cookie: string;
  requestId: string | undefined;
}

/**
 * Verifies the answer of the identity provider, admits its account, and returns the code that the page exchanges for tokens.
 * @throws {AppError} `sso_failed` if the answer is not one to this login; `sso_not_allowed`, `access_blocked`, `conflict` as
 * `admitAccount`; `service_unavailable` if the provider cannot be reached
 */
export async function finishLogin(
  parts: Parts,
  provider: SsoProvider,
  login: PendingLogin,
  { query, cookie, requestId }: Callback,
): Promise<{ code: string; admission: Admission }> {
  if (login.providerId !== provider.id) throw new AppError('sso_failed', { internal: 'of another provider' });
  const client = await openClient(parts, provider);
  const account = await readAccount(
    client,
    provider,
    login,
    `${toRedirectUri(parts.publicUrl, provider.name)}${query}`,
  );
  const now = parts.now();
  const code = `agc_${randomBytes(32).toString('base64url')}`;
  const write = parts.database.$transaction(async (transaction) => {
    const admission = await admitAccount(transaction, now, provider, account, requestId);
    await transaction.ssoLogin.create({
      data: {
        ...{ stateHash: sha256(login.state), codeHash: sha256(code), browserHash: sha256(cookie) },
        ...{ providerId: provider.id, userId: admission.userId, createdAt: now },
        expiresAt: new Date(now.getTime() + codeMs),
      },
    });
    return admission;
  });
  const admission = await write.catch((error: unknown) => {
    if (isUniqueViolation(error)) throw new AppError('sso_failed', { internal: 'the state was used', cause: error });
    throw error;
  });
  return { code, admission };
}

/** Exchanges the code at the provider. Every fault of its answer is `sso_failed`. */
async function readAccount(
  client: Configuration,
  provider: SsoProvider,
  login: PendingLogin,
  currentUrl: string,
): Promise<SsoAccount> {
  try {
    const tokens = await authorizationCodeGrant(client, new URL(currentUrl), {
      ...{ pkceCodeVerifier: login.codeVerifier, expectedState: login.state, expectedNonce: login.nonce },
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (claims === undefined) throw new Error('no ID token');
    const { claim } = ssoMapping.parse(provider.mapping);
    const isWhole = claims.email !== undefined && claims[claim] !== undefined;
    const hasUserInfo = client.serverMetadata().userinfo_endpoint !== undefined;
    const further = isWhole || !hasUserInfo ? {} : await fetchUserInfo(client, tokens.access_token, claims.sub);
    return toAccount(joinClaims(claims, further), claim);
  } catch (cause) {
    throw new AppError('sso_failed', { internal: reasonOf(cause), cause });
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'the answer could not be verified';
}
