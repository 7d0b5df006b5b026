import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { AppError, requestIdHeader } from '@aggregator/contracts';
import { createExpressApp } from '@aggregator/service-kit';
import { chatCompletionsSurface, messagesSurface } from '@aggregator/surfaces';
import { sendSurfaceError } from './answers/send-error.ts';
import type { ProxyContext } from './proxy-context.ts';
import { type AiRoute, answerAiRequest, readPath, readRequestId } from './routes/answer-ai-request.ts';
import { findConversationRoute } from './routes/conversations/handlers.ts';
import { countMessageTokens } from './routes/count-message-tokens/handler.ts';
import { createChatCompletion } from './routes/create-chat-completion/handler.ts';
import { createCompletion } from './routes/create-completion/handler.ts';
import { createEmbeddings } from './routes/create-embeddings/handler.ts';
import { createImage } from './routes/create-image/handler.ts';
import { createMessage } from './routes/create-message/handler.ts';
import { createProviderChatCompletion, isProviderChatPath } from './routes/create-provider-chat-completion/handler.ts';
import { createResponse } from './routes/create-response/handler.ts';
import { listModels } from './routes/list-models/handler.ts';
import { isMockPath, serveMockProvider } from './routes/serve-mock-provider/handler.ts';
import { showCapabilities } from './routes/show-capabilities/handler.ts';
import { modelPrefix, showModel } from './routes/show-model/handler.ts';
import { findResponseRoute } from './routes/show-response/handler.ts';

const aiRoutes: ReadonlyMap<string, AiRoute> = new Map([
  ['/v1/chat/completions', createChatCompletion],
  ['/v1/completions', createCompletion],
  ['/v1/responses', createResponse],
  ['/v1/messages', createMessage],
  ['/v1/messages/count_tokens', countMessageTokens],
  ['/v1/embeddings', createEmbeddings],
  ['/v1/images/generations', createImage],
  ['/v1/capabilities', showCapabilities],
  ['/v1/models', listModels],
]);

/**
 * AI routes by the lean handler → the mock provider → the rest by Express: health, metrics, 404. Express costs more than
 * all that we do for an AI request, which is why those never enter it.
 */
export function createProxyApp(context: ProxyContext): RequestListener {
  const express = createExpressApp(context, () => undefined);
  const { mockProvider } = context;

  return (request, response) => {
    const path = readPath(request);
    const route = aiRoutes.get(path) ?? findByPattern(path, request.method);
    if (route !== undefined) void answerAiRequest(context, route, request, response);
    else if (mockProvider !== null && isMockPath(path)) serveMockProvider(context, mockProvider, request, response);
    else if (path.startsWith('/v1/')) refuseUnknown(path, request, response);
    else express(request, response);
  };
}

/** An address of no route, in the words of the API that it would belong to. */
function refuseUnknown(path: string, request: IncomingMessage, response: ServerResponse): void {
  const requestId = readRequestId(request);
  response.setHeader(requestIdHeader, requestId);
  const surface = path.startsWith('/v1/messages/') ? messagesSurface : chatCompletionsSurface;
  sendSurfaceError({ requestId, response }, surface, new AppError('not_found'));
  request.resume();
}

function findByPattern(path: string, method: string | undefined): AiRoute | undefined {
  if (path.startsWith('/v1/conversations')) return findConversationRoute(path, method);
  if (path.startsWith('/v1/responses/')) return findResponseRoute(path, method);
  if (path.startsWith(modelPrefix)) return showModel;
  return isProviderChatPath(path) ? createProviderChatCompletion : undefined;
}
