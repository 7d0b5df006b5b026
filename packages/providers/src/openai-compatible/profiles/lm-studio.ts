import type { BuiltInProfile } from './profile.ts';

export const lmStudio: BuiltInProfile = {
  hosts: [],
  settings: {
    reasoningField: 'reasoning_content',
    outputLimitField: 'max_tokens',
  },
  sources: [
    {
      fact: 'The field of replayed thoughts is reasoning_content by default.',
      url: 'https://lmstudio.ai/hxyy/openai-compat-endpoint',
      read: '2026-11',
    },
  ],
};
