import type { BuiltInProfile } from './profile.ts';

export const minimax: BuiltInProfile = {
  hosts: ['api.minimax.io', 'api.minimaxi.com'],
  settings: {
    reasoningField: 'reasoning_details',
    outputLimitField: 'max_completion_tokens',
    strictTools: false,
    extraFields: ['reasoning_split'],
    omittedFields: ['frequency_penalty', 'presence_penalty', 'logit_bias', 'parallel_tool_calls', 'seed'],
  },
  sources: [
    {
      fact: 'reasoning_split puts thoughts into reasoning_details, which must be sent back with the message.',
      url: 'https://platform.minimax.io/docs/api-reference/text-openai-api',
      read: '2026-11',
    },
    {
      fact: 'max_tokens is deprecated for max_completion_tokens; strict of a tool, the penalties, seed and parallel_tool_calls are not known.',
      url: 'https://java.agentscope.io/v2/en/integration/model/minimax',
      read: '2026-11',
    },
  ],
};
