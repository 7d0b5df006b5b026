import type { BuiltInProfile } from './profile.ts';

export const ollama: BuiltInProfile = {
  hosts: ['ollama.com'],
  settings: {
    reasoningField: 'reasoning',
    outputLimitField: 'max_tokens',
  },
  sources: [
    {
      fact: 'max_tokens is among the fields of a request, max_completion_tokens is not; reasoning_effort and stream_options are.',
      url: 'https://docs.ollama.com/api/openai-compatibility',
      read: '2026-11',
    },
    {
      fact: 'Thoughts are `reasoning`.',
      url: 'https://github.com/ollama/ollama/blob/main/openai/openai.go',
      read: '2026-11',
    },
  ],
};
