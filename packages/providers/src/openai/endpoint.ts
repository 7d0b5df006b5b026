import type { ProviderEndpoint, ProviderTarget } from '../provider-adapter.ts';

type Address = Pick<ProviderTarget, 'baseUrl' | 'credential' | 'attemptId'>;

/** `path` begins with a slash and stands behind the version path. */
export function openAiEndpoint(target: Address, path: string): ProviderEndpoint {
  return {
    method: 'POST',
    url: target.baseUrl + path,
    headers: { 'content-type': 'application/json', ...openAiHeaders(target) },
  };
}

/**
 * The attempt's id goes out twice: OpenAI logs `x-client-request-id`, compatible servers `x-request-id`.
 * Source: https://platform.openai.com/docs/api-reference/debugging-requests (read 2026-11).
 */
export function openAiHeaders(target: Address): Record<string, string> {
  const headers: Record<string, string> = { 'x-client-request-id': target.attemptId, 'x-request-id': target.attemptId };
  if (target.credential !== null) headers.authorization = `Bearer ${target.credential}`;
  return headers;
}

/** Reads something free that is refused where the credential is wrong: with most, the list of models. */
export function openAiProbe(target: Address, path = '/models'): ProviderEndpoint {
  return { method: 'GET', url: target.baseUrl + path, headers: openAiHeaders(target) };
}
