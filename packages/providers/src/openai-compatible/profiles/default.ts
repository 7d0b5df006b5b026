import type { Profile } from './profile.ts';

/**
 * Fields of the request that inference servers know beside OpenAI's, and others ignore. `best_of`, `n_probs` and the like are
 * not among them, because they change what a request costs.
 * Sources, read 2026-11: https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html,
 * https://docs.sglang.ai/basic_usage/openai_api_completions.html, https://github.com/ggml-org/llama.cpp/tree/master/tools/server,
 * https://www.alibabacloud.com/help/en/model-studio/qwen-api-reference, https://docs.z.ai/api-reference/llm/chat-completion.
 */
export const serverExtensions = [
  ...['min_p', 'top_a', 'typical_p', 'tfs_z', 'min_tokens', 'repetition_penalty', 'repeat_penalty', 'length_penalty'],
  ...['ignore_eos', 'stop_token_ids', 'include_stop_str_in_output', 'skip_special_tokens', 'bad_words', 'logits_bias'],
  ...['chat_template', 'chat_template_kwargs', 'add_generation_prompt', 'continue_final_message', 'documents'],
  ...[
    'guided_json',
    'guided_regex',
    'guided_choice',
    'guided_grammar',
    'guided_decoding_backend',
    'structured_outputs',
  ],
  ...[
    'json_schema',
    'regex',
    'ebnf',
    'grammar',
    'enable_thinking',
    'thinking',
    'thinking_budget',
    'separate_reasoning',
  ],
  ...['reasoning_format', 'thinking_budget_tokens', 'include_reasoning', 'priority', 'mirostat', 'mirostat_tau'],
  ...[
    'mirostat_eta',
    'dry_multiplier',
    'dry_base',
    'dry_allowed_length',
    'xtc_probability',
    'xtc_threshold',
    'samplers',
  ],
  ...['cache_prompt', 'id_slot', 'keep_alive', 'mm_processor_kwargs'],
];

/**
 * A server of which nothing is known: tolerant in what it is sent and in what it answers. The thoughts of an answer return under
 * both names, because it is unknown which of them the server reads, and the servers that reject one of them are known
 * by host. Errors of llama.cpp and of llama-cpp-python are here, because most such servers are one of these behind a
 * private address.
 * Sources, read 2026-11: https://github.com/ggml-org/llama.cpp/blob/master/tools/server/server-common.cpp,
 * https://github.com/abetlen/llama-cpp-python/blob/main/llama_cpp/server/errors.py.
 */
export const defaultProfile: Profile = {
  reasoningField: 'both',
  outputLimitField: 'auto',
  systemMessages: 'first',
  developerRole: false,
  nullContent: true,
  answerSchema: 'json_schema',
  streamOptions: true,
  strictTools: true,
  omittedFields: [],
  omittedMessageFields: [],
  extraFields: serverExtensions,
  unknownFields: 'pass',
  omittedSchemaKeywords: [],
  stopsMax: 16,
  toolNames: 'any',
  callIds: 'any',
  responsesApi: false,
  credentialHeader: 'authorization',
  headers: {},
  query: {},
  requestIdHeaders: ['x-request-id'],
  contextErrors: [],
  clientErrors: [
    'image input is not supported',
    'audio input is not supported',
    'is too large to process',
    "'loc': ('body'",
  ],
  probePath: '/models',
};
