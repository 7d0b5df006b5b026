import type { ProviderAdapter } from '../provider-adapter.ts';
import { cohereChatFields } from './capabilities.ts';
import { cohereEmbeddings } from './embeddings.ts';
import { cohereProbe } from './endpoint.ts';
import { classifyCohereError } from './errors.ts';
import { cohereFacts } from './facts.ts';
import { toCohereChatRequest } from './request.ts';
import { fromCohereChatResponse } from './response.ts';
import { CohereChatStream } from './stream.ts';

/** Cohere, by the second version of its API. It makes no images. */
export const cohereAdapter: ProviderAdapter = {
  type: 'Cohere',
  facts: cohereFacts,
  chat: {
    fields: cohereChatFields,
    toRequest: toCohereChatRequest,
    fromResponse: fromCohereChatResponse,
    createStream: (options) => new CohereChatStream(options),
  },
  native: {},
  embeddings: cohereEmbeddings,
  images: null,
  tokenCount: null,
  classifyError: classifyCohereError,
  counters: {
    'chat.completions': ['inputUncached', 'cacheRead', 'outputText'],
    embeddings: ['inputUncached'],
    'images.generations': [],
  },
  // Usage is in the last event alone.
  disconnect: 'drain',
  usageRecord: null,
  probe: cohereProbe,
};
