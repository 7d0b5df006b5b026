import type { BuiltInProfile } from './profile.ts';

export const together: BuiltInProfile = {
  hosts: ['api.together.xyz', 'api.together.ai'],
  settings: {
    reasoningField: 'reasoning',
    outputLimitField: 'max_tokens',
  },
  sources: [
    {
      fact: 'max_tokens, repetition_penalty, top_k and reasoning_effort are fields of the request.',
      url: 'https://glama.ai/mcp/connectors/io.usefulapi/together-ai/tools/together_chat_completion',
      read: '2026-11',
    },
    {
      fact: "A prompt that is too long is a 422 in TGI's words.",
      url: 'https://github.com/tontinton/maki/issues/319',
      read: '2026-11',
    },
  ],
};
