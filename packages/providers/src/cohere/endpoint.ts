import { openAiHeaders } from '../openai/endpoint.ts';
import type { ProviderEndpoint, ProviderTarget } from '../provider-adapter.ts';

type Address = Pick<ProviderTarget, 'baseUrl' | 'credential' | 'attemptId'>;

/** `path` begins with a slash and follows the version path: `https://api.cohere.com/v2`. */
export function cohereEndpoint(target: Address, path: string): ProviderEndpoint {
  return {
    method: 'POST',
    url: target.baseUrl + path,
    headers: { 'content-type': 'application/json', ...openAiHeaders(target) },
  };
}

/**
 * The list of models: free, and only in the first version of the API.
 * Source: https://docs.cohere.com/reference/list-models (read 2026-11).
 */
export function cohereProbe(target: Address): ProviderEndpoint {
  const firstVersion = target.baseUrl.replace(/\/v2$/, '/v1');
  return { method: 'GET', url: `${firstVersion}/models?page_size=1`, headers: openAiHeaders(target) };
}
