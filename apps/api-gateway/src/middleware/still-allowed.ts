import type { IncomingMessage } from 'node:http';
import type { Scope } from '@aggregator/contracts';
import type { ApiGatewayContext } from '../context.ts';
import type { Authenticated } from '../identity/authenticated.ts';
import { authenticate } from './authenticate.ts';
import { authorise } from './authorise.ts';

/** How long a request uses what it found out about its caller. */
const verdictUsedMs = 250;

/**
 * Returns the caller of a request whose body has arrived. A client can let a body arrive for two minutes: after a quarter of
 * a second the credential is judged again, so that a key, a session or a user that ended meanwhile changes nothing (I3).
 * Rejects as `authenticate` and `authorise` do.
 */
export async function stillAllowed(
  context: ApiGatewayContext,
  request: IncomingMessage,
  caller: Authenticated,
  { scope, clientIp, startedMs }: { scope: Scope | null; clientIp: string; startedMs: number },
): Promise<Authenticated> {
  if (performance.now() - startedMs < verdictUsedMs) return caller;
  const found = await authenticate(context, request, clientIp);
  authorise(found, scope, { clientIp, origin: request.headers.origin });
  return found;
}
