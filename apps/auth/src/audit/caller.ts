import type { Principal } from '@aggregator/contracts';
import { principalOf, readRequestId } from '@aggregator/service-kit';
import type { Request } from 'express';
import type { Actor } from './write-audit.ts';

/** Who asks, and under which request, as the audit will name them. */
export interface Caller extends Actor {
  principal: Principal;
}

/** Of a route behind `requirePrincipal`. */
export function callerOf(request: Request): Caller {
  const principal = principalOf(request);
  return { principal, userId: principal.userId, keyId: principal.keyId, requestId: readRequestId(request) };
}
