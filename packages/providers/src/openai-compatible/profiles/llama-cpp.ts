import type { BuiltInProfile } from './profile.ts';

export const llamaCpp: BuiltInProfile = {
  hosts: [],
  settings: {
    reasoningField: 'reasoning_content',
    contextErrors: ['exceed_context_size_error'],
    clientErrors: ['must be one of "text" or "json_object"'],
  },
  sources: [
    {
      fact: 'A prompt that is too long is 400 with the type exceed_context_size_error.',
      url: 'https://github.com/earendil-works/pi/issues/4943',
      read: '2026-11',
    },
    {
      fact: 'A wrong request can be a 500 with the type server_error, as an unknown response_format.',
      url: 'https://github.com/ikawrakow/ik_llama.cpp/issues/778',
      read: '2026-11',
    },
    {
      fact: 'reasoning_effort none turns thinking off; chat_template_kwargs is a field of the request.',
      url: 'https://github.com/ggml-org/llama.cpp/pull/26045',
      read: '2026-11',
    },
  ],
};
