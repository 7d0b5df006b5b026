import type { Principal } from '@aggregator/contracts';
import { principalOf, readIfMatch, readRequestId } from '@aggregator/service-kit';
import type { Request } from 'express';
import type { Actor } from './write-audit.ts';

/** Who asks, and under which request, as the audit will name them. */
export interface Caller extends Actor {
  principal: Principal;
  /** ETag that the resource must still have; undefined if the caller does not say. */
  ifMatch: string | undefined;
}

/** Of a route behind `requirePrincipal`. */
export function callerOf(request: Request): Caller {
  const principal = principalOf(request);
  const { userId, keyId } = principal;
  return { principal, userId, keyId, requestId: readRequestId(request), ifMatch: readIfMatch(request) };
}
