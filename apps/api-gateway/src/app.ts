import type { RequestListener } from 'node:http';
import { AppError, requestIdHeader } from '@aggregator/contracts';
import { createExpressApp, createUuidV7, noSniffing, sendOpenAiError } from '@aggregator/service-kit';
import type { ApiGatewayContext } from './context.ts';
import { answerAiRequest } from './routes/answer-ai-request.ts';
import { forwardManagement } from './routes/forward-management.ts';
import { findAiRoute, toCanonicalPath } from './routes/route-table.ts';
import { showWelcome } from './routes/show-welcome.ts';

const urlLengthMax = 8192;

/**
 * Request id → AI routes by the lean handler → the rest by Express: welcome page, health, metrics, management API.
 * Express costs more than the whole forwarding of an AI request, which is why those never enter it.
 */
export function createApiGatewayApp(context: ApiGatewayContext): RequestListener {
  const express = createExpressApp(context, (app) => {
    app.get('/', showWelcome);
    app.use(forwardManagement(context));
  });

  return (request, response) => {
    const requestId = createUuidV7();
    const url = request.url ?? '/';
    if (url.length > urlLengthMax) {
      response.setHeader(requestIdHeader, requestId);
      sendOpenAiError(response, new AppError('uri_too_long'));
      return;
    }
    const queryAt = url.indexOf('?');
    const path = toCanonicalPath(queryAt === -1 ? url : url.slice(0, queryAt));
    const route = path === null ? undefined : findAiRoute(path);
    if (path === null || route === undefined) {
      response.setHeader(requestIdHeader, requestId);
      for (const [name, value] of Object.entries(noSniffing)) response.setHeader(name, value);
      express(request, response);
      return;
    }
    void answerAiRequest(context, route, request, response, requestId, path);
  };
}
