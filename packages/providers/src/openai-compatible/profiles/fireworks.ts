import type { BuiltInProfile } from './profile.ts';

export const fireworks: BuiltInProfile = {
  hosts: ['api.fireworks.ai'],
  settings: {
    reasoningField: 'reasoning_content',
    extraFields: [
      'context_length_exceeded_behavior',
      'prompt_cache_max_len',
      'prompt_cache_isolation_key',
      'reasoning_history',
    ],
  },
  sources: [
    {
      fact: 'reasoning_content of an assistant message is read by models with a history of reasoning.',
      url: 'https://docs.getbifrost.ai/providers/supported-providers/fireworks',
      read: '2026-11',
    },
    {
      fact: 'context_length_exceeded_behavior and prompt_cache_max_len are fields of the request.',
      url: 'https://pkg.go.dev/github.com/Tangerg/scope/models/fireworks',
      read: '2026-11',
    },
  ],
};
