import type { BuiltInProfile } from './profile.ts';

export const litellm: BuiltInProfile = {
  hosts: [],
  settings: {
    reasoningField: 'reasoning_content',
    systemMessages: 'any',
    developerRole: true,
    contextErrors: ['ContextWindowExceededError'],
  },
  sources: [
    {
      fact: 'Thoughts are reasoning_content; a prompt that is too long is ContextWindowExceededError.',
      url: 'https://docs.litellm.ai/docs/exception_mapping',
      read: '2026-11',
    },
  ],
};
