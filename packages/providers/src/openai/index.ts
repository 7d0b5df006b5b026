import type { ProviderAdapter } from '../provider-adapter.ts';
import { openAiOperations } from './capabilities.ts';
import { openAiEndpoint } from './endpoint.ts';
import { classifyOpenAiError } from './errors.ts';
import { toOpenAiChatRequest, toOpenAiEmbeddingsRequest } from './request.ts';
import { fromOpenAiChatResponse, fromOpenAiEmbeddingsResponse } from './response.ts';
import { OpenAiChatStream } from './stream.ts';

/** OpenAI, and every server that speaks as it does. */
export const openAiAdapter: ProviderAdapter = {
  type: 'OpenAI',
  operations: openAiOperations,
  endpoint: openAiEndpoint,
  toChatRequest: toOpenAiChatRequest,
  fromChatResponse: fromOpenAiChatResponse,
  createChatStream: (options) => new OpenAiChatStream(options),
  toEmbeddingsRequest: toOpenAiEmbeddingsRequest,
  fromEmbeddingsResponse: fromOpenAiEmbeddingsResponse,
  classifyError: classifyOpenAiError,
  usageRecord: null,
};
