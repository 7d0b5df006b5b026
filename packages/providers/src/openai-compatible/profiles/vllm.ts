import type { BuiltInProfile } from './profile.ts';

export const vllm: BuiltInProfile = {
  hosts: [],
  settings: {
    reasoningField: 'reasoning',
    toolNames: 'any',
  },
  sources: [
    {
      fact: 'Thoughts are `reasoning`, in answers and in the history; `reasoning_content` of the history was ignored.',
      url: 'https://github.com/vllm-project/vllm/issues/38488',
      read: '2026-11',
    },
    {
      fact: 'Sampling, guided decoding and chat_template_kwargs are fields of the request.',
      url: 'https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html',
      read: '2026-11',
    },
  ],
};
