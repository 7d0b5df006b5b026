import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  AppError,
  type Principal,
  peerHeader,
  principalHeader,
  requestIdHeader,
  toAppError,
} from '@aggregator/contracts';
import type { Claim } from '@aggregator/service-kit';
import { toAddressBlock } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { type ReceiveOptions, receiveBody } from '../bodies/receive-body.ts';
import type { ReceivedBody } from '../bodies/received-body.ts';
import { CookieResponse, withCookieToken } from '../browser-session/cookie-exchange.ts';
import { readSessionCookie, type SessionCookie } from '../browser-session/session-cookie.ts';
import type { ApiGatewayContext } from '../context.ts';
import { managementRequestFinished } from '../events.ts';
import { toForwardCookie, toForwardCredential, toForwardHeaders } from '../forward/allowed-headers.ts';
import { forwardOnce } from '../forward/forward-once.ts';
import { ReceivedRequest } from '../forward/received-request.ts';
import { UnreadBytes } from '../forward/unread-bytes.ts';
import { authenticate } from '../middleware/authenticate.ts';
import { authorise } from '../middleware/authorise.ts';
import { readClientAddress } from '../middleware/client-address.ts';
import { limitManagement, limitPublic } from '../middleware/rate-limit.ts';
import { stillAllowed } from '../middleware/still-allowed.ts';
import { claimsOf, publicClaimsOf, toShareError } from '../shares/claims.ts';
import { findAllowedMethods, toAllow } from './allowed-methods.ts';
import { findManagementRoute, type ManagementRoute, toCanonicalPath } from './route-table.ts';

const bodyBytesMax = 1024 * 1024;
/** A login, a registration, a refresh token. */
const publicBodyBytesMax = 64 * 1024;
/** The least that a body counts: its connection and its bookkeeping. */
const bodyBytesMin = 8 * 1024;

/** A request that may be forwarded to its service. */
interface Admitted {
  /** Returns what vouches for the caller at the service. Call it when the body has arrived: it is valid for a minute. */
  identify(): Promise<Readonly<Record<string, string>>>;
  readonly claims: readonly Claim[];
  readonly receive: ReceiveOptions;
  /** Null for a caller without a credential. */
  readonly principal: Principal | null;
}

/**
 * The management API: the service that has the path responds, for the principal whom we vouch for. In order: route, identity,
 * limits, a place, the whole body, a connection.
 */
export function forwardManagement(context: ApiGatewayContext): RequestHandler {
  return async (request, response, next) => {
    const url = request.url;
    const queryAt = url.indexOf('?');
    const path = toCanonicalPath(queryAt === -1 ? url : url.slice(0, queryAt));
    const route = path === null ? undefined : findManagementRoute(path);
    if (path === null || route === undefined) return next();
    const clientIp = readClientAddress(request, context.config.trustedProxyHops);
    const startedMs = performance.now();
    let principal: Principal | null = null;
    let failure: AppError | null = null;
    response.once('close', () =>
      managementRequestFinished(context, {
        ...{ path, clientIp, principal, failure, method: request.method, status: response.statusCode },
        ...{ requestId: String(response.getHeader(requestIdHeader)), durationMs: performance.now() - startedMs },
      }),
    );
    try {
      requireMethod(path, request.method ?? 'GET', response);
      const keepsSession = route.service === 'auth' && request.method === 'POST';
      const session = keepsSession ? readSessionCookie(request) : null;
      const admitted = await admit(context, route, request, clientIp);
      principal = admitted.principal;
      const target = queryAt === -1 ? path : path + url.slice(queryAt);
      await forward(context, route, admitted, { request, response, target, clientIp, session });
    } catch (error) {
      failure = toAppError(error);
      context.pools.bodies.discard(request, bodyBytesMax);
      throw error;
    }
  };
}

/** @throws {AppError} `method_not_allowed` if the path is of the API and the method is not. Unknown paths are the service's. */
function requireMethod(path: string, method: string, response: ServerResponse): void {
  const allowed = findAllowedMethods(path);
  if (allowed === null || allowed.has(method)) return;
  response.setHeader('allow', toAllow(allowed));
  throw new AppError('method_not_allowed');
}

async function admit(
  context: ApiGatewayContext,
  route: ManagementRoute,
  request: IncomingMessage,
  clientIp: string,
): Promise<Admitted> {
  const { pools, signer } = context;
  const { onRefused } = pools;
  if (route.isPublic) {
    limitPublic(context, route, clientIp);
    const claims = publicClaimsOf(clientIp);
    const receive = {
      ...{
        pool: pools.publicBodies,
        claims,
        watch: pools.publicBodiesWatch,
        onRefused,
        evictFor: toAddressBlock(clientIp),
      },
      ...{ bytesMax: route.bodyBytesMax ?? publicBodyBytesMax, bytesMin: bodyBytesMin },
    };
    const identify = async () => ({ [peerHeader]: await signer.signPeer(route.service) });
    return { identify, claims, receive, principal: null };
  }
  const startedMs = performance.now();
  const caller = await authenticate(context, request, clientIp);
  authorise(caller, null, { clientIp, origin: request.headers.origin });
  context.sightings.see(caller.principal, clientIp);
  await limitManagement(context, caller.principal);
  const claims = claimsOf(caller.principal, clientIp);
  const receive = {
    ...{ pool: pools.managementBodies, claims, watch: pools.bodies, onRefused },
    ...{ bytesMax: bodyBytesMax, bytesMin: bodyBytesMin },
  };
  const identify = async () => {
    const { principal } = await stillAllowed(context, request, caller, { scope: null, clientIp, startedMs });
    return { [principalHeader]: await signer.signPrincipal(principal, route.service) };
  };
  return { identify, claims, receive, principal: caller.principal };
}

interface Client {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: string;
  readonly clientIp: string;
  /** Null if the client keeps its refresh token itself. */
  readonly session: SessionCookie | null;
}

async function forward(
  context: ApiGatewayContext,
  { service, cookie, isCredentialOfService }: ManagementRoute,
  { identify, claims, receive, principal }: Admitted,
  client: Client,
): Promise<void> {
  const { request, response } = client;
  const { requests } = context.management[service];
  let place: ReturnType<typeof requests.open> | null = null;
  let body: ReceivedBody | null = null;
  try {
    body = await receiveBody(request, receive);
    const identity = await identify();
    if (response.destroyed) throw new AppError('request_cancelled');
    place = requests.open(claims);
    const refusal = place.take(1);
    if (refusal !== null) {
      context.pools.onRefused(requests, refusal);
      throw toShareError(requests, refusal);
    }
    const { session } = client;
    const sealed = session === null ? null : withCookieToken(client.target, body.toBuffer(), session);
    const length = sealed?.length ?? body.length;
    // A new object: nothing that a client wrote reaches a service unless it is listed.
    const headers = {
      ...toForwardHeaders(request.headers),
      ...toForwardCookie(request.headers, cookie),
      ...(length > 0 && { 'content-length': String(length) }),
      ...(sealed !== null && { 'content-type': 'application/json' }),
      ...(isCredentialOfService === true && toForwardCredential(request.headers)),
      ...identity,
      [requestIdHeader]: String(response.getHeader(requestIdHeader)),
      'x-forwarded-for': client.clientIp,
    };
    await forwardOnce(context, principal, client, body, (to) =>
      dispatch(context, service, {
        ...client,
        response: session === null ? to.response : new CookieResponse(request, to.response, client.target, session),
        body: sealed === null ? to.body : [sealed],
        ...{ headers, claims },
        onDispatch: to.onDispatch,
      }),
    );
  } finally {
    body?.close();
    place?.close();
  }
}

interface Dispatched extends Pick<Client, 'request' | 'response' | 'target'> {
  readonly headers: Record<string, string>;
  readonly claims: readonly Claim[];
  readonly body: Iterable<Buffer>;
  /** Called if the service may have read the request. */
  onDispatch(): void;
}

async function dispatch(
  context: ApiGatewayContext,
  service: ManagementRoute['service'],
  { request, response, target, headers, claims, body, onDispatch }: Dispatched,
): Promise<void> {
  const unread = new UnreadBytes(context.pools.unreadBytes, claims, context.pools.onRefused);
  const received = new ReceivedRequest(request, { method: request.method ?? 'GET', url: target, headers }, body);
  const { failure, isDispatched } = await context.management[service].forwarder.forward(received, response, unread);
  if (isDispatched) onDispatch();
  if (failure !== null) throw failure;
}
