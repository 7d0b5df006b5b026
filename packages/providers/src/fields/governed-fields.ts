import { chatFields } from '@aggregator/contracts';
import { ownFields } from './own-fields.ts';

/** Fields of a chat that change what it costs in a way that no rate or hold covers: they pass to no server. */
export const unpricedFields = ['service_tier', 'web_search_options', 'best_of', 'max_output_tokens'] as const;

/**
 * Searches, answers that are not seen, and a bound of the answer under another name.
 * Sources, read 2026-11: https://docs.x.ai/docs/guides/live-search, https://openrouter.ai/docs/features/web-search,
 * https://github.com/ggml-org/llama.cpp/tree/master/tools/server.
 */
const costly: ReadonlySet<string> = new Set([
  ...['search_parameters', 'plugins', 'web_search', 'enable_search', 'use_beam_search', 'beam_width', 'num_beams'],
  ...['num_return_sequences', 'num_generations', 'n_predict', 'num_predict', 'max_new_tokens', 'max_length', 'n_probs'],
]);
/**
 * What speaks to a gateway or a cluster behind the provider: who answers, with which key, what that costs, who receives
 * logs, and from which host the server fetches its cache of the prompt.
 * Sources, read 2026-12: https://docs.litellm.ai/docs/completion/input, https://openrouter.ai/docs/features/presets,
 * https://docs.vllm.ai/en/latest/features/disagg_prefill.html, https://docs.sglang.ai/advanced_features/pd_disaggregation.html.
 */
const steering: ReadonlySet<string> = new Set([
  ...[
    'base_url',
    'api_base',
    'api_key',
    'organization',
    'project',
    'headers',
    'extra_headers',
    'extra_body',
    'mock_response',
    'mock_timeout',
  ],
  ...['fallbacks', 'context_window_fallback_dict', 'num_retries', 'deployment_id', 'custom_llm_provider', 'model_list'],
  ...['guardrails', 'no-log', 'caching', 'cache', 'proxy_server_request', 'secret_fields', 'tags'],
  ...['default_fallbacks', 'content_policy_fallbacks', 'context_window_fallbacks', 'max_retries', 'callbacks'],
  ...['success_callback', 'failure_callback', 'specific_deployment', 'model_info', 'base_model', 'preset', 'route'],
  ...['kv_transfer_params', 'bootstrap_host', 'bootstrap_port', 'bootstrap_room', 'custom_logit_processor'],
  ...['lora_path', 'lora', 'data_parallel_rank'],
  // Names that mean something to the objects of a server's language.
  ...['__proto__', 'constructor', 'prototype'],
]);
const steeringName =
  /^(?:api_|aws_|azure_|vertex_|litellm_|langfuse_|langsmith_|user_api_key|input_cost_|output_cost_)/;

const known: ReadonlySet<string> = new Set([...chatFields, ...ownFields, ...unpricedFields]);
const knownFolded: ReadonlySet<string> = new Set([...known, ...costly, ...steering].map(fold));

/**
 * True for a field that passes to no server unless its profile names it: it changes the price, or who answers. So does a known
 * field in other letters: for a server in Go `Model` is `model`, and the last one counts; others take `maxTokens` for `max_tokens`.
 * Source: https://pkg.go.dev/encoding/json#Unmarshal (read 2026-12).
 */
export function isGoverned(name: string): boolean {
  if (costly.has(name) || steering.has(name) || steeringName.test(name)) return true;
  if (known.has(name)) return false;
  return knownFolded.has(fold(name)) || steeringName.test(name.normalize('NFKC').toLowerCase());
}

/** Returns a name without differences that servers ignore: capitals, similar letters of other scripts, lines between words. */
function fold(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/[_-]/g, '');
}
