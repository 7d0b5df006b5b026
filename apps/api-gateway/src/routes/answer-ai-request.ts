import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, type Principal, toAppError } from '@aggregator/contracts';
import { noSniffing, type TraceSpan, type Tracing } from '@aggregator/service-kit';
import type { ApiGatewayContext } from '../context.ts';
import { aiRequestFinished } from '../events.ts';
import { authenticate } from '../middleware/authenticate.ts';
import { authorise } from '../middleware/authorise.ts';
import { readClientAddress } from '../middleware/client-address.ts';
import { toAllow } from './allowed-methods.ts';
import { forwardAiRequest } from './forward-ai-request.ts';
import type { AiRoute } from './route-table.ts';
import { idHeaders, sendErrorInForm } from './send-error-in-form.ts';

const fixedHeaders = Object.entries(noSniffing).flat();

/** The AI surface, on one screen: identity, scope, a place, the whole body, then a proxy, which has the limits. */
export async function answerAiRequest(
  context: ApiGatewayContext,
  route: AiRoute,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  path: string,
): Promise<void> {
  const startedMs = performance.now();
  const span = context.tracing === null ? null : beginTrace(context.tracing, request, requestId, path);
  const clientIp = readClientAddress(request, context.config.trustedProxyHops);
  let failure: AppError | null = null;
  let principal: Principal | null = null;
  try {
    if (!route.methods.some((method) => method === request.method)) {
      response.setHeader('allow', toAllow(route.methods));
      throw new AppError('method_not_allowed');
    }
    const found = authenticate(context, request, clientIp);
    const caller = found instanceof Promise ? await found : found;
    principal = caller.principal;
    authorise(caller, route.scope, { clientIp, origin: request.headers.origin });
    context.sightings.see(principal, clientIp);
    const ownHeaders = [...idHeaders[route.errors].flatMap((name) => [name, requestId]), ...fixedHeaders];
    await forwardAiRequest(context, route, caller, request, response, {
      ...{ requestId, path, clientIp, startedMs, ownHeaders, traceparent: span?.traceparent },
    });
  } catch (thrown) {
    failure = toAppError(thrown);
    sendErrorInForm(route.errors, response, failure, requestId);
    // The rest of a refused body is read and dropped, so that the next request on the connection is read from its start.
    context.pools.bodies.discard(request, context.config.requestBytesMax);
  }
  span?.end({ status: response.statusCode, organization: principal?.orgId }, failure?.code ?? null);
  aiRequestFinished(context, {
    ...{ requestId, failure, principal, clientIp, path },
    method: request.method ?? 'GET',
    status: response.statusCode,
    durationMs: performance.now() - startedMs,
  });
}

/** The whole request as the client sees it; a part of the client's own trace if it sent one. */
function beginTrace(tracing: Tracing, request: IncomingMessage, requestId: string, path: string): TraceSpan {
  const { method = 'GET', headers } = request;
  return tracing.begin(`${method} ${path}`, 'server', headers.traceparent, { method, route: path, requestId });
}
