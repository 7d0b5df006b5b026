import type { RequestListener } from 'node:http';
import { AppError, requestIdHeader } from '@aggregator/contracts';
import { createExpressApp, createUuidV7, noSniffing, scimErrors } from '@aggregator/service-kit';
import type { ApiGatewayContext } from './context.ts';
import { createCors } from './middleware/cors.ts';
import { servePages } from './pages/serve-pages.ts';
import { answerAiRequest } from './routes/answer-ai-request.ts';
import { forwardManagement } from './routes/forward-management.ts';
import { findAiRoute, scimPrefix, toCanonicalPath } from './routes/route-table.ts';
import { errorFormOf, sendErrorInForm } from './routes/send-error-in-form.ts';
import { showOpenApi } from './routes/show-openapi.ts';
import { showWelcome } from './routes/show-welcome.ts';

const urlLengthMax = 8192;

/**
 * Request id → AI routes by the lean handler → the rest by Express: dashboard, health, metrics, management API.
 * Express costs more than the whole forwarding of an AI request, which is why those never enter it.
 */
export function createApiGatewayApp(context: ApiGatewayContext): RequestListener {
  const express = createExpressApp(context, (app) => {
    app.get('/openapi.json', showOpenApi());
    app.use(servePages(context.pages));
    app.get('/', showWelcome);
    app.use(forwardManagement(context));
    app.use(scimPrefix, scimErrors);
  });

  const allowPage = createCors(context.config.corsOrigins);

  return (request, response) => {
    if (request.headers.origin !== undefined && allowPage(request, response)) return;
    const requestId = createUuidV7();
    const url = request.url ?? '/';
    const queryAt = url.indexOf('?');
    const written = queryAt === -1 ? url : url.slice(0, queryAt);
    if (url.length > urlLengthMax) {
      sendErrorInForm(errorFormOf(written), response, new AppError('uri_too_long'), requestId);
      return;
    }
    const path = toCanonicalPath(written);
    const route = path === null ? undefined : findAiRoute(path);
    if (path === null || route === undefined) {
      const form = errorFormOf(written);
      if (form !== 'problem') {
        sendErrorInForm(form, response, new AppError('not_found'), requestId);
        context.pools.bodies.discard(request, context.config.requestBytesMax);
        return;
      }
      response.setHeader(requestIdHeader, requestId);
      for (const [name, value] of Object.entries(noSniffing)) response.setHeader(name, value);
      express(request, response);
      return;
    }
    void answerAiRequest(context, route, request, response, requestId, path);
  };
}
