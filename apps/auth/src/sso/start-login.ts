import { AppError } from '@aggregator/contracts';
import {
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import type { AuthContext } from '../auth-context.ts';
import type { SsoProvider } from '../generated/prisma/client.ts';
import { pendingMs, readReturnTo } from './pending-login.ts';
import { toRedirectUri } from './stored-provider.ts';

type Parts = Pick<
  AuthContext,
  'database' | 'now' | 'loginGuard' | 'oidcClients' | 'ssoSecrets' | 'ssoLogins' | 'publicUrl'
>;

/**
 * Returns where the browser is sent to, and the cookie that it must bring back.
 * @throws {AppError} `not_found` for an unknown provider; `invalid_value` for a `return_to` of another site; `rate_limit_exceeded`;
 * `service_unavailable` if the provider cannot be reached
 */
export async function startLogin(
  parts: Parts,
  request: { name: string; returnTo: string | undefined; address: string },
): Promise<{ url: string; cookie: string }> {
  parts.loginGuard.admitAddress(request.address);
  const returnTo = readReturnTo(request.returnTo);
  const provider = await readProvider(parts, request.name);
  const client = await openClient(parts, provider);
  const login = {
    ...{ providerId: provider.id, state: randomState(), nonce: randomNonce(), codeVerifier: randomPKCECodeVerifier() },
    ...{ returnTo, expiresAt: parts.now().getTime() + pendingMs },
  };
  const url = buildAuthorizationUrl(client, {
    redirect_uri: toRedirectUri(parts.publicUrl, provider.name),
    scope: provider.scopes.join(' '),
    ...{ state: login.state, nonce: login.nonce },
    ...{ code_challenge: await calculatePKCECodeChallenge(login.codeVerifier), code_challenge_method: 'S256' },
  });
  return { url: url.href, cookie: parts.ssoLogins.seal(login) };
}

/** Throws `not_found`. */
export async function readProvider({ database }: Pick<Parts, 'database'>, name: string): Promise<SsoProvider> {
  const provider = await database.ssoProvider.findUnique({ where: { name } });
  if (provider === null) throw new AppError('not_found');
  return provider;
}

/** Throws `service_unavailable` if the provider cannot be reached, or its secret cannot be read. */
export async function openClient(
  { oidcClients, ssoSecrets }: Pick<Parts, 'oidcClients' | 'ssoSecrets'>,
  { id, secretSealed, issuer, clientId, changedAt }: SsoProvider,
): Promise<Configuration> {
  const clientSecret = secretSealed === null ? null : ssoSecrets.open(secretSealed, id);
  if (clientSecret === null && secretSealed !== null) {
    throw new AppError('service_unavailable', { internal: 'the client secret is sealed with an unknown pepper' });
  }
  try {
    return await oidcClients.open({ id, version: changedAt.getTime(), issuer, clientId, clientSecret });
  } catch (cause) {
    throw new AppError('service_unavailable', { internal: 'the identity provider could not be reached', cause });
  }
}
