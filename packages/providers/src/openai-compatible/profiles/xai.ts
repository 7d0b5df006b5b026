import type { BuiltInProfile } from './profile.ts';

export const xai: BuiltInProfile = {
  hosts: ['api.x.ai', '*.api.x.ai'],
  settings: {
    reasoningField: 'reasoning_content',
    outputLimitField: 'max_completion_tokens',
    clientErrors: [],
  },
  sources: [
    {
      fact: 'max_completion_tokens is the bound of the answer for Grok 4.',
      url: 'https://preview.hex.pm/preview/req_llm/show/guides/providers/xai.md',
      read: '2026-11',
    },
    {
      fact: 'An error is {"code": …, "error": "…"}.',
      url: 'https://docs.rs/crate/mindfork/0.17.0/source/src/shared/api/openai/xai_tests.rs',
      read: '2026-11',
    },
    {
      fact: 'Thoughts are reasoning_content, and its tokens are beside completion_tokens.',
      url: 'https://github.com/vercel/ai/issues/12425',
      read: '2026-11',
    },
  ],
};
