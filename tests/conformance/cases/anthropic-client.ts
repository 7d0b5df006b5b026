import Anthropic from '@anthropic-ai/sdk';
import type { User } from '../user.ts';

/** The SDK as it comes; retries are the product's. */
export function createAnthropic({ baseUrl, apiKey, fetch }: User): Anthropic {
  return new Anthropic({ baseURL: baseUrl, apiKey, fetch, maxRetries: 0, timeout: 15_000 });
}

/** The same with the version that most clients still send, and their key where they send it. */
export function createOlderAnthropic({ baseUrl, apiKey, fetch }: User): Anthropic {
  const defaultHeaders = { 'anthropic-version': '2023-06-01', 'x-api-key': apiKey, authorization: null };
  return new Anthropic({ baseURL: baseUrl, apiKey, fetch, maxRetries: 0, timeout: 15_000, defaultHeaders });
}
