import type { BuiltInProfile } from './profile.ts';

export const groq: BuiltInProfile = {
  hosts: ['api.groq.com'],
  settings: {
    reasoningField: 'reasoning',
    omittedFields: ['logprobs', 'logit_bias', 'top_logprobs'],
    omittedMessageFields: ['name'],
  },
  sources: [
    {
      fact: 'logprobs, logit_bias, top_logprobs and messages[].name are rejected with 400.',
      url: 'https://console.groq.com/docs/openai',
      read: '2026-11',
    },
    {
      fact: 'Thoughts are `reasoning`; `reasoning_content` in the history is rejected with 400.',
      url: 'https://github.com/Kilo-Org/kilocode/issues/10375',
      read: '2026-11',
    },
  ],
};
