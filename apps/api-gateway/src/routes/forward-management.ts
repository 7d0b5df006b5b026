import { Agent } from 'node:http';
import { AppError, peerHeader, principalHeader, requestIdHeader, type ServiceName } from '@aggregator/contracts';
import { sendProblem } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';
import type { ApiGatewayContext } from '../context.ts';
import { toForwardHeaders } from '../forward/allowed-headers.ts';
import { authenticate } from '../middleware/authenticate.ts';
import { authorise } from '../middleware/authorise.ts';
import { readClientAddress } from '../middleware/client-address.ts';
import { limitFailures, limitManagement } from '../middleware/rate-limit.ts';
import { findManagementRoute, type ManagementRoute, toCanonicalPath } from './route-table.ts';

type Target = ManagementRoute['service'];

const deadlineMs = 30_000;

/** The management API: the service that has the path answers it, for the principal whom we vouch for. */
export function forwardManagement(context: ApiGatewayContext): RequestHandler {
  const { config } = context;
  const agent = new Agent({ keepAlive: true, maxSockets: 64, maxFreeSockets: 16, timeout: deadlineMs });
  const forwardTo: Record<Target, RequestHandler> = {
    auth: createForwarder(context, 'auth', config.authUrl, agent),
    billing: createForwarder(context, 'billing', config.billingUrl, agent),
    analytics: createForwarder(context, 'analytics', config.analyticsUrl, agent),
    'provider-orchestrator': createForwarder(context, 'provider-orchestrator', config.orchestratorUrl, agent),
  };
  return async (request, response, next) => {
    const path = toCanonicalPath(request.path);
    const route = path === null ? undefined : findManagementRoute(path);
    if (path === null || route === undefined) return next();
    const clientIp = readClientAddress(request, config.trustedProxyHops);
    const identity = await identify(context, route, request, clientIp);
    // The whole set of headers is made anew: nothing a client wrote reaches a service unless it is listed.
    const requestId = String(response.getHeader(requestIdHeader));
    const length = request.headers['content-length'];
    const encoding = request.headers['transfer-encoding'];
    request.headers = {
      ...toForwardHeaders(request.headers),
      ...(length === undefined ? {} : { 'content-length': length }),
      ...(encoding === undefined ? {} : { 'transfer-encoding': encoding }),
      ...identity,
      [requestIdHeader]: requestId,
      'x-forwarded-for': clientIp,
    };
    request.url = path + request.url.slice(request.path.length);
    return forwardTo[route.service](request, response, next);
  };
}

async function identify(
  context: ApiGatewayContext,
  route: ManagementRoute,
  request: Parameters<RequestHandler>[0],
  clientIp: string,
): Promise<Record<string, string>> {
  if (route.isPublic) return { [peerHeader]: await context.signer.signPeer(route.service) };
  try {
    const caller = await authenticate(context, request);
    authorise(caller, null, clientIp);
    await limitManagement(context, caller.principal);
    return { [principalHeader]: await context.signer.signPrincipal(caller.principal, route.service) };
  } catch (error) {
    throw error instanceof AppError ? await limitFailures(context, clientIp, error) : error;
  }
}

function createForwarder(
  context: ApiGatewayContext,
  service: ServiceName,
  target: string,
  agent: Agent,
): RequestHandler {
  return createProxyMiddleware({
    target,
    agent,
    changeOrigin: true,
    xfwd: false,
    proxyTimeout: deadlineMs,
    on: {
      error(cause, _request, response) {
        context.logger.error('management_forward_failed', { target: service, error: cause });
        const error = new AppError('service_unavailable', { internal: service, cause, retryAfterMs: 1000 });
        if ('writeHead' in response) sendProblem(response, error, String(response.getHeader(requestIdHeader)));
        else response.destroy();
      },
    },
  });
}
