import type { BuiltInProfile } from './profile.ts';

export const cerebras: BuiltInProfile = {
  hosts: ['api.cerebras.ai'],
  settings: {
    reasoningField: 'reasoning',
    outputLimitField: 'max_completion_tokens',
    stopsMax: 4,
    omittedFields: ['frequency_penalty', 'logit_bias', 'presence_penalty'],
  },
  sources: [
    {
      fact: 'The answer has its thoughts in `reasoning`; the bound of the answer is max_completion_tokens; at most 4 stop sequences.',
      url: 'https://inference-docs.cerebras.ai/api-reference/chat-completions',
      read: '2026-11',
    },
    {
      fact: '`reasoning_content` in the history is rejected with 400.',
      url: 'https://github.com/QwenLM/qwen-code/issues/11045',
      read: '2026-11',
    },
    {
      fact: 'frequency_penalty, logit_bias and presence_penalty are rejected with 400.',
      url: 'https://inference-docs.cerebras.ai/resources/openai',
      read: '2026-11',
    },
  ],
};
