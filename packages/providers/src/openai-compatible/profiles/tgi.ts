import type { BuiltInProfile } from './profile.ts';

export const tgi: BuiltInProfile = {
  hosts: ['*.endpoints.huggingface.cloud'],
  settings: {
    reasoningField: 'none',
    contextErrors: ['`inputs` must have less than'],
    strictTools: false,
  },
  sources: [
    {
      fact: 'A prompt that is too long is a 422: `inputs` tokens + `max_new_tokens` must be <= N.',
      url: 'https://github.com/huggingface/text-generation-inference/blob/main/router/src/validation.rs',
      read: '2026-11',
    },
  ],
};
