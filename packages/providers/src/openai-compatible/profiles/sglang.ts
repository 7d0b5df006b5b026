import type { BuiltInProfile } from './profile.ts';

export const sglang: BuiltInProfile = {
  hosts: [],
  settings: {
    reasoningField: 'reasoning_content',
  },
  sources: [
    {
      fact: 'Thoughts are `reasoning_content`; separate_reasoning and chat_template_kwargs are fields of the request.',
      url: 'https://docs.sglang.ai/advanced_features/separate_reasoning.html',
      read: '2026-11',
    },
  ],
};
