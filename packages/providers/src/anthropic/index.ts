import type { ProviderAdapter } from '../provider-adapter.ts';
import { wordsOf } from '../vendor-names/name-rules.ts';
import { anthropicChatFields } from './capabilities.ts';
import { anthropicProbe } from './endpoint.ts';
import { classifyAnthropicError } from './errors.ts';
import { anthropicFacts } from './facts.ts';
import { anthropicNativeLane } from './native.ts';
import { toAnthropicChatRequest, toAnthropicTokenCountRequest } from './request.ts';
import { fromAnthropicChatResponse, fromAnthropicTokenCount } from './response.ts';
import { AnthropicChatStream } from './stream.ts';

/** Anthropic's Messages API. It has neither embeddings nor images, and keeps no record that an attempt could be found in. */
export const anthropicAdapter: ProviderAdapter = {
  type: 'Anthropic',
  facts: anthropicFacts,
  chat: {
    fields: anthropicChatFields,
    toRequest: toAnthropicChatRequest,
    fromResponse: fromAnthropicChatResponse,
    createStream: (options) => new AnthropicChatStream(options),
  },
  native: { messages: anthropicNativeLane },
  // Source: https://platform.claude.com/docs/en/agents-and-tools/tool-use/implement-tool-use (read 2026-11).
  names: { toolName: wordsOf(128), callId: wordsOf(128) },
  embeddings: null,
  images: null,
  tokenCount: { toRequest: toAnthropicTokenCountRequest, fromResponse: fromAnthropicTokenCount },
  classifyError: classifyAnthropicError,
  counters: {
    'chat.completions': [
      ...(['inputUncached', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h'] as const),
      ...(['outputText', 'outputReasoning', 'toolCalls', 'containers'] as const),
    ],
    embeddings: [],
    'images.generations': [],
  },
  // The first event has the input and its cached part; every token of the answer comes as text.
  disconnect: 'abort',
  usageRecord: null,
  probe: anthropicProbe,
};
