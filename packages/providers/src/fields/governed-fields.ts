/** Fields that change what a request costs in a way that no rate covers: they pass to no server. */
export const unpricedFields = ['service_tier', 'web_search_options', 'best_of'] as const;

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
 * What speaks to a gateway behind the provider: who answers, with which key, and what that costs.
 * Source: https://docs.litellm.ai/docs/completion/input (read 2026-11).
 */
const steering: ReadonlySet<string> = new Set([
  ...['base_url', 'organization', 'project', 'headers', 'extra_headers', 'extra_body', 'mock_response', 'mock_timeout'],
  ...['fallbacks', 'context_window_fallback_dict', 'num_retries', 'deployment_id', 'custom_llm_provider', 'model_list'],
  ...['guardrails', 'no-log', 'caching', 'cache', 'proxy_server_request', 'secret_fields', 'tags'],
  // Names that mean something to the objects of a server's language.
  ...['__proto__', 'constructor', 'prototype'],
]);
const steeringName = /^(?:api_|aws_|azure_|vertex_|litellm_|user_api_key|input_cost_|output_cost_)/;

/** True for a field that passes to no server unless its profile names it: it changes the price, or who answers. */
export function isGoverned(name: string): boolean {
  return costly.has(name) || steering.has(name) || steeringName.test(name);
}
