import type { BuiltInProfile } from './profile.ts';

export const qwen: BuiltInProfile = {
  hosts: ['dashscope.aliyuncs.com', 'dashscope-intl.aliyuncs.com', 'dashscope-us.aliyuncs.com'],
  settings: {
    reasoningField: 'reasoning_content',
    outputLimitField: 'max_tokens',
    extraFields: ['enable_search', 'search_options', 'vl_high_resolution_images', 'incremental_output'],
    contextErrors: ['Range of input length should be'],
  },
  sources: [
    {
      fact: 'enable_thinking and thinking_budget are fields of the request; a stream takes stream_options.',
      url: 'https://help.aliyun.com/en/model-studio/deep-thinking',
      read: '2026-11',
    },
  ],
};
