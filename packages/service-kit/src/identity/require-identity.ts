import {
  AppError,
  type PeerName,
  type Principal,
  peerHeader,
  principalHeader,
  type Scope,
} from '@aggregator/contracts';
import type { Request, RequestHandler } from 'express';
import type { IdentityVerifier } from './verify-identity.ts';

const principals = new WeakMap<Request, Principal>();

/** Lets only named peers in; `invalid_peer` for everybody else. */
export function requirePeer(verifier: IdentityVerifier, allowed: readonly PeerName[]): RequestHandler {
  return async (request, _response, next) => {
    const peer = await verifier.verifyPeer(headerOf(request, peerHeader));
    if (!allowed.includes(peer)) throw new AppError('invalid_peer', { internal: `${peer} may not call this` });
    next();
  };
}

/** Lets only requests in that the gateway signed for a principal who holds `scope`. */
export function requirePrincipal(verifier: IdentityVerifier, scope?: Scope): RequestHandler {
  return async (request, _response, next) => {
    const principal = await verifier.verifyPrincipal(headerOf(request, principalHeader));
    if (scope !== undefined && !principal.scopes.includes(scope)) {
      throw new AppError('insufficient_permissions', { message: `This needs the scope '${scope}'.` });
    }
    principals.set(request, principal);
    next();
  };
}

/** The principal that `requirePrincipal` let in. */
export function principalOf(request: Request): Principal {
  const principal = principals.get(request);
  if (principal === undefined) throw new AppError('internal_error', { internal: 'route without requirePrincipal' });
  return principal;
}

function headerOf(request: Request, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}
