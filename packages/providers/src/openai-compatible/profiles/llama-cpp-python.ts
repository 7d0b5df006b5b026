import type { BuiltInProfile } from './profile.ts';

export const llamaCppPython: BuiltInProfile = {
  hosts: [],
  settings: {
    reasoningField: 'none',
    nullContent: false,
    answerSchema: 'json_object',
    clientErrors: ["'loc': ('body'", 'can only concatenate str (not "list") to str'],
  },
  sources: [
    {
      fact: 'x-request-id must be a UUID, or the answer is 400 with an empty body.',
      url: 'https://github.com/tomwojcik/starlette-context/blob/master/starlette_context/plugins/base.py',
      read: '2026-11',
    },
    {
      fact: 'A request that does not validate is a 500 with the text of the validator.',
      url: 'https://github.com/abetlen/llama-cpp-python/blob/main/llama_cpp/server/errors.py',
      read: '2026-11',
    },
    {
      fact: 'The content of an assistant message beside calls of tools may be absent, or a text; null does not validate.',
      url: 'https://github.com/abetlen/llama-cpp-python/blob/main/llama_cpp/llama_types.py',
      read: '2026-12',
    },
    {
      fact: 'The format of an answer is text or json_object, which may have a schema; json_schema does not validate.',
      url: 'https://github.com/abetlen/llama-cpp-python/blob/main/llama_cpp/llama_types.py',
      read: '2026-12',
    },
    {
      fact: 'Parts of a message are a 500 from a chat template that takes text only: can only concatenate str (not "list") to str.',
      url: 'https://github.com/abetlen/llama-cpp-python/blob/main/llama_cpp/llama_chat_format.py',
      read: '2026-12',
    },
  ],
};
