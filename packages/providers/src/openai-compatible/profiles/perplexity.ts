import type { BuiltInProfile } from './profile.ts';

export const perplexity: BuiltInProfile = {
  hosts: ['api.perplexity.ai'],
  settings: {
    reasoningField: 'none',
    outputLimitField: 'max_tokens',
    omittedFields: ['logit_bias', 'logprobs', 'top_logprobs', 'parallel_tool_calls', 'seed', 'stop'],
    extraFields: [
      'search_mode',
      'search_domain_filter',
      'search_recency_filter',
      'return_images',
      'return_related_questions',
      'last_updated_after_filter',
    ],
  },
  sources: [
    {
      fact: 'stop, seed, logit_bias, logprobs and parallel_tool_calls are not taken; there is no list of models.',
      url: 'https://docs.getbifrost.ai/providers/supported-providers/perplexity',
      read: '2026-11',
    },
    {
      fact: 'The search is set by fields of the request.',
      url: 'https://docs.perplexity.ai/guides/chat-completions-guide',
      read: '2026-11',
    },
  ],
};
