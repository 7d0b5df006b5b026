import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { AppError, isWellFormedApiKey, type Principal } from '@aggregator/contracts';
import type { ApiGatewayContext } from '../context.ts';
import type { Authenticated } from '../identity/authenticated.ts';

const apiKeyPrefix = 'agk_';
const credentialLengthMax = 16_384;

/**
 * Turns the credential of a request into a principal. Missing, malformed, unknown, revoked and expired keys get the very
 * same error; a key with a wrong checksum is refused without a look-up. Synchronous for a credential that is known to be good.
 * Any other one counts for its address before it is looked up, and beyond the limit of the address it is not.
 */
export function authenticate(
  context: ApiGatewayContext,
  request: IncomingMessage,
  clientIp: string,
): Authenticated | Promise<Authenticated> {
  const credential = readCredential(request);
  if (credential !== null) {
    const known = credential.startsWith(apiKeyPrefix)
      ? findKnownKey(context, credential)
      : findKnownToken(context, credential);
    if (known !== null) return known;
  }
  return context.unknownCredentials.judge(clientIp, credential, async () => {
    if (credential === null) throw new AppError('invalid_api_key', { internal: 'no credential' });
    return credential.startsWith(apiKeyPrefix) ? judgeKey(context, credential) : judgeToken(context, credential);
  });
}

/** A key that was good when it was last looked up. If that is too long ago it is looked up again, for any address. */
function findKnownKey({ keyVerdicts }: ApiGatewayContext, key: string): Authenticated | Promise<Authenticated> | null {
  const digest = hash('sha256', key, 'hex');
  if (!keyVerdicts.wasGood(digest)) return null;
  const verdict = keyVerdicts.find(digest);
  return verdict instanceof Promise ? verdict.then(toAuthenticated) : toAuthenticated(verdict);
}

async function judgeKey({ keyVerdicts }: ApiGatewayContext, key: string): Promise<Authenticated> {
  if (!isWellFormedApiKey(key)) throw new AppError('invalid_api_key', { internal: 'malformed' });
  return toAuthenticated(await keyVerdicts.find(hash('sha256', key, 'hex')));
}

function toAuthenticated(verdict: Authenticated | null): Authenticated {
  if (verdict === null) throw new AppError('invalid_api_key', { internal: 'refused by auth' });
  return verdict;
}

function findKnownToken(
  { accessTokens }: ApiGatewayContext,
  token: string,
): Authenticated | Promise<Authenticated> | null {
  const principal = accessTokens.findVerified(token);
  return principal === null ? null : toUnbound(principal);
}

function judgeToken({ accessTokens }: ApiGatewayContext, token: string): Authenticated | Promise<Authenticated> {
  // Three parts with dots are a JWS; anything else was meant as a key.
  if (token.split('.').length !== 3) throw new AppError('invalid_api_key', { internal: 'neither key nor token' });
  return toUnbound(accessTokens.find(token));
}

/** A token may be used from any address. */
function toUnbound(principal: Principal | Promise<Principal>): Authenticated | Promise<Authenticated> {
  if (!(principal instanceof Promise)) return { principal, allowedIps: null };
  return principal.then((found) => ({ principal: found, allowedIps: null }));
}

/** `Authorization: Bearer …`, or `x-api-key` as Anthropic's SDKs send it. */
function readCredential(request: IncomingMessage): string | null {
  const authorization = request.headers.authorization;
  if (authorization !== undefined && authorization.length <= credentialLengthMax) {
    return /^Bearer +(\S+) *$/i.exec(authorization)?.[1] ?? null;
  }
  const key = request.headers['x-api-key'];
  return typeof key === 'string' && key.length > 0 && key.length <= credentialLengthMax ? key : null;
}
