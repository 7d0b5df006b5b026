import { attemptHeaders } from '../attempt-headers.ts';
import { readHeader } from '../native/lane-fields.ts';
import type { NativeRequest, ProviderEndpoint, ProviderTarget } from '../provider-adapter.ts';

type Address = Pick<ProviderTarget, 'baseUrl' | 'credential' | 'attemptId'>;

/** `path` begins with a slash and follows the version path. */
export function openAiEndpoint(target: Address, path: string): ProviderEndpoint {
  return {
    method: 'POST',
    url: target.baseUrl + path,
    headers: { 'content-type': 'application/json', ...openAiHeaders(target) },
  };
}

/** The endpoint with the client's `openai-beta`, for a request that leaves as it came. */
export function withBeta(endpoint: ProviderEndpoint, given: NativeRequest['headers']): ProviderEndpoint {
  const beta = readHeader(given, 'openai-beta');
  return beta === null ? endpoint : { ...endpoint, headers: { ...endpoint.headers, 'openai-beta': beta } };
}

/** OpenAI logs `x-client-request-id`, compatible servers log `x-request-id`. */
export function openAiHeaders(target: Address): Record<string, string> {
  const headers = attemptHeaders(target.attemptId);
  if (target.credential !== null) headers.authorization = `Bearer ${target.credential}`;
  return headers;
}

/** Reads something free that is refused where the credential is wrong: with most, the list of models. */
export function openAiProbe(target: Address, path = '/models'): ProviderEndpoint {
  return { method: 'GET', url: target.baseUrl + path, headers: openAiHeaders(target) };
}
