import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, type Principal, principalHeader, requestIdHeader, toAppError } from '@aggregator/contracts';
import { createUuidV7, type TraceSpan, type Tracing } from '@aggregator/service-kit';
import type { ChatSurface } from '@aggregator/surfaces';
import { sendSurfaceError } from '../answers/send-error.ts';
import { largeBytes } from '../attempts/give-turn.ts';
import type { RefusedRequest } from '../events.ts';
import type { Exchange } from '../exchange.ts';
import { RequestLimits } from '../money/request-limits.ts';
import { takesPacked } from '../packed-headers.ts';
import type { ProxyContext } from '../proxy-context.ts';
import { serveOnce } from './idempotency/serve-once.ts';

/** A route of the AI surface. What `serve` throws before it has answered becomes the answer, in the shape of its surface. */
export interface AiRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly errors: Pick<ChatSurface, 'toErrorBody' | 'fieldNames'>;
  serve(context: ProxyContext, exchange: Exchange): Promise<void>;
}

/** Of a model's name in the log. */
const modelLengthMax = 200;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** The path of a request, without its query. */
export function readPath({ url = '/' }: IncomingMessage): string {
  const queryAt = url.indexOf('?');
  return queryAt === -1 ? url : url.slice(0, queryAt);
}

/**
 * What every AI request goes through, in this order: identity, limits, room; then its route: bytes, parsing, masking, hold.
 * Errors are as OpenAI's SDKs expect them.
 */
export async function answerAiRequest(
  context: ProxyContext,
  route: AiRoute,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const startedMs = performance.now();
  const requestId = readRequestId(request);
  // A gateway names its request by itself.
  if (!takesPacked(request)) response.setHeader(requestIdHeader, requestId);
  const span = context.tracing === null ? null : beginTrace(context.tracing, request, requestId);
  let limits: RequestLimits | null = null;
  let caller: Principal | null = null;
  let exchange: Exchange | null = null;
  try {
    if (request.method !== route.method) throw new AppError('method_not_allowed');
    const found = identify(context, request);
    const principal = found instanceof Promise ? await found : found;
    caller = principal;
    limits = new RequestLimits(context, principal);
    limits.refuseKnown(response);
    if (!principal.scopes.includes('ai:invoke')) throw new AppError('insufficient_permissions');
    const place = context.room.enter(requestId, principal);
    try {
      if (takesLimitsFirst(request)) await limits.take(response);
      const opened: Exchange = { request, response, requestId, principal, limits, place, startedMs, span };
      await serveOnce(context, readPath(request), opened, (one) => {
        exchange = one;
        return route.serve(context, one);
      });
    } finally {
      place.leave();
    }
  } catch (thrown) {
    const failure = toAppError(thrown);
    limits?.countFailure(failure);
    sendSurfaceError({ requestId, response }, route.errors, failure);
    // Half an answer must never look like a whole one.
    if (!response.writableEnded) response.destroy();
    // What is left of a refused body is thrown away, so that the next request on the connection is read from its start.
    request.resume();
    if (caller !== null) context.rejections.note({ requestId, orgId: caller.orgId }, failure);
    context.events.requestRefused(requestId, failure, toRefused(caller, exchange));
    span?.end({ status: response.statusCode, organization: caller?.orgId }, failure.code);
    return;
  }
  span?.end({ status: response.statusCode, organization: caller.orgId }, null);
}

/** For the log: who asked, and for which model. */
function toRefused(caller: Principal | null, exchange: Exchange | null): RefusedRequest | null {
  if (caller === null) return null;
  const { orgId, userId, keyId } = caller;
  const model = exchange?.askedModel;
  return { orgId, userId, keyId, ...(model !== undefined && { model: model.slice(0, modelLengthMax) }) };
}

/**
 * A list has no hold that would take them, nor has an answer that is given again; a large body is dear to read, to parse and
 * to mask before its hold.
 */
function takesLimitsFirst({ method, headers }: IncomingMessage): boolean {
  return method !== 'POST' || 'idempotency-key' in headers || !(Number(headers['content-length']) <= largeBytes);
}

function identify({ verifier }: ProxyContext, request: IncomingMessage): Principal | Promise<Principal> {
  const token = request.headers[principalHeader];
  return verifier.verifyPrincipal(typeof token === 'string' ? token : undefined);
}

/** The gateway's id; a new one where it sent none that can be one. */
export function readRequestId(request: IncomingMessage): string {
  const given = request.headers[requestIdHeader];
  return typeof given === 'string' && uuid.test(given) ? given.toLowerCase() : createUuidV7();
}

function beginTrace(tracing: Tracing, request: IncomingMessage, requestId: string): TraceSpan {
  const { method = 'GET', headers } = request;
  const route = readPath(request);
  return tracing.begin(`${method} ${route}`, 'server', headers.traceparent, { method, route, requestId });
}
