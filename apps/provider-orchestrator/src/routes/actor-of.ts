import { principalOf, readRequestId } from '@aggregator/service-kit';
import type { Request } from 'express';

/** The actor of a change, as the log names it. */
export interface Actor {
  requestId: string | undefined;
  orgId: string;
  userId: string;
  /** Null where an access token was used instead of an API key. */
  keyId: string | null;
}

/** Of a route behind `requirePrincipal`. */
export function actorOf(request: Request): Actor {
  const { orgId, userId, keyId } = principalOf(request);
  return { requestId: readRequestId(request), orgId, userId, keyId };
}
