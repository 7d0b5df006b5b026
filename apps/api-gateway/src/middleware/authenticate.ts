import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { AppError, isWellFormedApiKey, type Principal } from '@aggregator/contracts';
import type { ApiGatewayContext } from '../context.ts';

/** Who asks: a principal, and the addresses that its key may be used from (null: any). */
export interface Authenticated {
  principal: Principal;
  allowedIps: readonly string[] | null;
}

const apiKeyPrefix = 'agk_';
const credentialLengthMax = 16_384;

/**
 * Turns the credential of a request into a principal. Missing, malformed, unknown, revoked and expired keys get the very
 * same answer; a key with a wrong checksum is refused without asking anybody. Synchronous for a credential seen before.
 */
export function authenticate(
  context: ApiGatewayContext,
  request: IncomingMessage,
): Authenticated | Promise<Authenticated> {
  const credential = readCredential(request);
  if (credential === null) throw new AppError('invalid_api_key', { internal: 'no credential' });
  if (!credential.startsWith(apiKeyPrefix)) return authenticateToken(context, credential);
  if (!isWellFormedApiKey(credential)) throw new AppError('invalid_api_key', { internal: 'malformed' });
  const verdict = context.keyVerdicts.find(hash('sha256', credential, 'hex'));
  return verdict instanceof Promise ? verdict.then(toAuthenticated) : toAuthenticated(verdict);
}

function toAuthenticated(verdict: Authenticated | null): Authenticated {
  if (verdict === null) throw new AppError('invalid_api_key', { internal: 'refused by auth' });
  return verdict;
}

function authenticateToken(context: ApiGatewayContext, token: string): Authenticated | Promise<Authenticated> {
  // Three parts with dots are a JWS; anything else was meant as a key.
  if (token.split('.').length !== 3) throw new AppError('invalid_api_key', { internal: 'neither key nor token' });
  const principal = context.accessTokens.find(token);
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
