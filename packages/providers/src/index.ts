export { openAiChatFields, openAiEmbeddingsFields } from './openai/capabilities.ts';
export type {
  ChatStreamOptions,
  ChatStreamTranslator,
  ProviderAdapter,
  ProviderEndpoint,
  ProviderError,
  ProviderTarget,
  TranslatedAnswer,
  TranslatedRequest,
  UsageRecordAnswer,
  UsageRecordLookup,
} from './provider-adapter.ts';
export { ProviderFailure } from './provider-failure.ts';
export { adapterFor } from './registry.ts';
export { SseParser, type SseParserOptions } from './sse/sse-parser.ts';
