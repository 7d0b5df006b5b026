import type { Operation } from '@aggregator/contracts';
import type { ProviderEndpoint, ProviderTarget } from '../provider-adapter.ts';

const paths: Readonly<Record<Operation, string>> = {
  'chat.completions': '/chat/completions',
  embeddings: '/embeddings',
};

export function openAiEndpoint(target: ProviderTarget, operation: Operation): ProviderEndpoint {
  return {
    method: 'POST',
    url: target.baseUrl + paths[operation],
    headers: { 'content-type': 'application/json', ...openAiHeaders(target) },
  };
}

/**
 * The attempt's id goes out twice: OpenAI logs `x-client-request-id`, compatible servers `x-request-id`.
 * Source: https://platform.openai.com/docs/api-reference/debugging-requests (read 2026-11).
 */
export function openAiHeaders(target: ProviderTarget): Record<string, string> {
  const headers: Record<string, string> = { 'x-client-request-id': target.attemptId, 'x-request-id': target.attemptId };
  if (target.credential !== null) headers.authorization = `Bearer ${target.credential}`;
  return headers;
}
