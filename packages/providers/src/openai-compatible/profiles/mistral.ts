import type { BuiltInProfile } from './profile.ts';

export const mistral: BuiltInProfile = {
  hosts: ['api.mistral.ai', 'codestral.mistral.ai'],
  settings: {
    reasoningField: 'none',
    outputLimitField: 'max_tokens',
    streamOptions: false,
    callIds: 'alphanumeric-9',
  },
  sources: [
    {
      fact: 'The id of a tool call is nine letters and digits.',
      url: 'https://github.com/anomalyco/opencode/issues/1680',
      read: '2026-11',
    },
    {
      fact: 'max_completion_tokens is rejected with 422 as extra_forbidden.',
      url: 'https://github.com/editor-code-assistant/eca/issues/231',
      read: '2026-11',
    },
    {
      fact: 'stream_options is rejected with 422; a stream has its usage without being asked.',
      url: 'https://github.com/openai/openai-agents-python/issues/442',
      read: '2026-11',
    },
  ],
};
