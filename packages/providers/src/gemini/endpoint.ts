import { attemptHeaders } from '../attempt-headers.ts';
import type { ProviderEndpoint, ProviderTarget } from '../provider-adapter.ts';

type Address = Pick<ProviderTarget, 'baseUrl' | 'credential' | 'attemptId'>;

/** `method` as `generateContent`, with the question mark and what follows it where there is one. */
export function geminiEndpoint(target: Address & Pick<ProviderTarget, 'model'>, method: string): ProviderEndpoint {
  return {
    method: 'POST',
    url: `${target.baseUrl}/${toResourceName(target.model)}:${method}`,
    headers: { 'content-type': 'application/json', ...geminiHeaders(target) },
  };
}

/** The list of models, cut to one: free, and refused where the credential is wrong. */
export function geminiProbe(target: Address): ProviderEndpoint {
  return { method: 'GET', url: `${target.baseUrl}/models?pageSize=1`, headers: geminiHeaders(target) };
}

/** `models/…`, or the name itself where it names its own collection, as `tunedModels/…` does. */
export function toResourceName(model: string): string {
  const segments = model.split('/').map(encodeURIComponent);
  return segments.length === 1 ? `models/${segments[0]}` : segments.join('/');
}

/**
 * The key is sent in its header: the API also accepts it in the address, but logs store addresses.
 * Source: https://ai.google.dev/gemini-api/docs/api-key (read 2026-11).
 */
function geminiHeaders({ credential, attemptId }: Address): Record<string, string> {
  const headers = attemptHeaders(attemptId);
  if (credential !== null) headers['x-goog-api-key'] = credential;
  return headers;
}
