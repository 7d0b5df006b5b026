import type { BuiltInProfile } from './profile.ts';

export const zai: BuiltInProfile = {
  hosts: ['api.z.ai', 'open.bigmodel.cn'],
  settings: {
    reasoningField: 'reasoning_content',
    outputLimitField: 'max_tokens',
    stopsMax: 1,
    extraFields: ['do_sample', 'tool_stream', 'request_id'],
    contextErrors: ['Prompt exceeds max length'],
  },
  sources: [
    {
      fact: 'do_sample, max_tokens and thinking are fields of the request.',
      url: 'https://docs.z.ai/guides/overview/concept-param.md',
      read: '2026-11',
    },
    {
      fact: 'Thoughts are reasoning_content.',
      url: 'https://github.com/anomalyco/models.dev/blob/3f2765a58f8466f6d96dade1b4843189eeb6360b/providers/zhipuai/models/glm-5.2.toml',
      read: '2026-11',
    },
    {
      fact: 'A prompt that is too long is code 1261: Prompt exceeds max length.',
      url: 'https://github.com/earendil-works/pi/issues/6262',
      read: '2026-11',
    },
  ],
};
