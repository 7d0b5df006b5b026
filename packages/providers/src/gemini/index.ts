import type { ProviderAdapter } from '../provider-adapter.ts';
import { wordsOf } from '../vendor-names/name-rules.ts';
import { geminiChatFields } from './capabilities.ts';
import { geminiEmbeddings } from './embeddings.ts';
import { geminiProbe } from './endpoint.ts';
import { classifyGeminiError } from './errors.ts';
import { geminiFacts } from './facts.ts';
import { geminiImages } from './images.ts';
import { toGeminiChatRequest, toGeminiTokenCountRequest } from './request.ts';
import { fromGeminiChatResponse, fromGeminiTokenCount } from './response.ts';
import { GeminiChatStream } from './stream.ts';

const chatCounters = [
  ...(['inputUncached', 'cacheRead', 'audioIn'] as const),
  ...(['outputText', 'outputReasoning', 'imageOut', 'audioOut'] as const),
];

/** Google's Gemini API in its native form. It keeps no record that an attempt could be found in. */
export const geminiAdapter: ProviderAdapter = {
  type: 'Gemini',
  facts: geminiFacts,
  chat: {
    fields: geminiChatFields,
    toRequest: toGeminiChatRequest,
    fromResponse: fromGeminiChatResponse,
    createStream: (options) => new GeminiChatStream(options),
  },
  native: {},
  // Letters, digits, `_`, `.`, `:` and `-`, first a letter or `_`: https://ai.google.dev/api/caching#FunctionDeclaration (read 2026-11).
  names: { toolName: wordsOf(64, { isLetterFirst: true }) },
  embeddings: geminiEmbeddings,
  images: geminiImages,
  tokenCount: { toRequest: toGeminiTokenCountRequest, fromResponse: fromGeminiTokenCount },
  classifyError: classifyGeminiError,
  counters: {
    'chat.completions': chatCounters,
    embeddings: ['inputUncached'],
    'images.generations': [...chatCounters, 'images'],
  },
  // Every event has the usage so far, thoughts included.
  disconnect: 'abort',
  usageRecord: null,
  probe: geminiProbe,
};
