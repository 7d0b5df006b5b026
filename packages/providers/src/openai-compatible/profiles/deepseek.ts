import type { BuiltInProfile } from './profile.ts';

export const deepseek: BuiltInProfile = {
  hosts: ['api.deepseek.com'],
  settings: {
    reasoningField: 'reasoning_content',
    outputLimitField: 'max_tokens',
    stopsMax: 16,
  },
  sources: [
    {
      fact: 'Thoughts are `reasoning_content`, and must be sent back between the calls of tools; thinking is switched by `thinking`.',
      url: 'https://api-docs.deepseek.com/guides/thinking_mode.md',
      read: '2026-11',
    },
  ],
};
