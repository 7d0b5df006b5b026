import { principalOf, readRequestId } from '@aggregator/service-kit';
import type { Request } from 'express';

/** The user, the key or the peer that changes something; null in a field if there is none. */
export interface Actor {
  readonly userId: string | null;
  readonly keyId: string | null;
  /** Another credential, such as `scim:<id of the token>`; absent for a user or an API key. */
  readonly peer?: string | null;
  readonly requestId: string | undefined;
}

/** No user, no key, no request: the installation itself. */
export const installation: Actor = { userId: null, keyId: null, requestId: undefined };

/** Returns the caller of a route behind `requirePrincipal`. */
export function actorOf(request: Request): Actor {
  const { userId, keyId } = principalOf(request);
  return { userId, keyId, requestId: readRequestId(request) };
}
