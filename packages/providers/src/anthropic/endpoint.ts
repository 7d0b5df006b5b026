import type { ProviderEndpoint, ProviderTarget } from '../provider-adapter.ts';

type Address = Pick<ProviderTarget, 'baseUrl' | 'credential' | 'attemptId'>;

/**
 * Two versions of the API are in use. The newer one refuses `temperature`, `top_p` and `top_k`. The vendor's own clients
 * send it since October 2026, so it is used if the request does not need the older one.
 * Source: https://platform.claude.com/docs/en/api/versioning (read 2026-11, and `@anthropic-ai/sdk` 1.11, `client.mjs`).
 * @param path Begins with a slash; it follows the version path of the address.
 * @param version Ours, or that of a client.
 */
export function anthropicEndpoint(target: Address, path: string, version: string): ProviderEndpoint {
  return {
    method: 'POST',
    url: target.baseUrl + path,
    headers: { 'content-type': 'application/json', ...anthropicHeaders(target, version) },
  };
}

/** The list of models: free, and refused where the credential is wrong. */
export function anthropicProbe(target: Address): ProviderEndpoint {
  return { method: 'GET', url: `${target.baseUrl}/models`, headers: anthropicHeaders(target, '2026-10-21') };
}

/** The key goes out as each version's clients send it: a bearer token with the newer, `x-api-key` with the older. */
function anthropicHeaders({ credential, attemptId }: Address, version: string): Record<string, string> {
  const headers: Record<string, string> = { 'anthropic-version': version, 'x-client-request-id': attemptId };
  if (credential === null) return headers;
  if (version === '2023-06-01') headers['x-api-key'] = credential;
  else headers.authorization = `Bearer ${credential}`;
  return headers;
}
