import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, type Principal, packedHeader, principalHeader, requestIdHeader } from '@aggregator/contracts';
import { receiveBody } from '../bodies/receive-body.ts';
import type { ReceivedBody } from '../bodies/received-body.ts';
import type { ApiGatewayContext } from '../context.ts';
import { toForwardHeaders } from '../forward/allowed-headers.ts';
import { sendToProxy } from '../forward/send-to-proxy.ts';
import { UnreadBytes } from '../forward/unread-bytes.ts';
import { writeStreamError } from '../forward/write-stream-error.ts';
import type { Authenticated } from '../identity/authenticated.ts';
import { stillAllowed } from '../middleware/still-allowed.ts';
import { claimsOf, toShareError } from '../shares/claims.ts';
import { refuseInTurn } from '../shares/open-by-owner.ts';
import type { AiRoute } from './route-table.ts';

export interface Forwarding {
  readonly requestId: string;
  readonly path: string;
  readonly clientIp: string;
  /** On the monotonic clock. */
  readonly startedMs: number;
  /** What the answer has beside the proxy's headers: names and values in turn. */
  readonly ownHeaders: readonly string[];
  /** Of the step in the trace; undefined while traces are off. */
  readonly traceparent: string | undefined;
}

/**
 * Sends an AI request to a proxy and its answer back: a place, the whole body, then a connection. Resolves when the answer
 * is over; rejects with the error for the client if no answer has begun.
 */
export async function forwardAiRequest(
  context: ApiGatewayContext,
  route: AiRoute,
  caller: Authenticated,
  request: IncomingMessage,
  response: ServerResponse,
  { requestId, path, clientIp, startedMs, ownHeaders, traceparent }: Forwarding,
): Promise<void> {
  const { pools } = context;
  const early = route.isCounted ? pools.open.judge(caller.principal) : null;
  // A body that is refused after it has come was sent in vain.
  if (early !== null) await refuseInTurn(early);
  const claims = claimsOf(caller.principal, clientIp);
  const place = pools.aiRequests.open(claims);
  let body: ReceivedBody | null = null;
  let entered: Principal | null = null;
  try {
    const refusal = place.take(1);
    if (refusal !== null) {
      pools.onRefused(pools.aiRequests, refusal);
      throw toShareError(pools.aiRequests, refusal);
    }
    const headers = toForwardHeaders(request.headers);
    headers[requestIdHeader] = requestId;
    headers[packedHeader] = '1';
    if (traceparent !== undefined) headers.traceparent = traceparent;
    const method = route.methods.find((one) => one === request.method) ?? 'POST';
    if (method === 'POST') {
      body = await receiveBody(request, {
        ...{ pool: pools.aiBodies, claims, watch: pools.bodies, onRefused: pools.onRefused },
        bytesMax: context.config.requestBytesMax,
        bytesMin: 0,
      });
      if (body.length > 0) headers['content-length'] = String(body.length);
    }
    const { principal } = await stillAllowed(context, request, caller, { scope: route.scope, clientIp, startedMs });
    if (route.isCounted) {
      const late = pools.open.enter(principal);
      if (late !== null) await refuseInTurn(late);
      entered = principal;
    }
    // Signed last: a body may take longer to arrive than a signature is valid.
    headers[principalHeader] = await context.signer.signPrincipal(principal, 'proxy');
    if (response.destroyed) throw new AppError('request_cancelled');

    const toStreamError = (reason: AppError) => writeStreamError(route, path, reason, requestId);
    const unread = new UnreadBytes(pools.unreadBytes, claims, pools.onRefused);
    const answer = { response, ownHeaders, toStreamError, unread };
    const query = route.takesQuery === true ? readQuery(request) : '';
    await sendToProxy(context, { method, path: path + query, headers, body }, answer, { principal, startedMs });
  } finally {
    if (entered !== null) pools.open.leave(entered);
    body?.close();
    place.close();
  }
}

/** The query of a request with its question mark; empty if there is none. */
function readQuery({ url = '' }: IncomingMessage): string {
  const at = url.indexOf('?');
  return at === -1 ? '' : url.slice(at);
}
