import OpenAI from 'openai';
import type { User } from '../user.ts';

/** The SDK as it comes; retries are the product's. */
export function createOpenAi({ baseUrl, apiKey, fetch }: User): OpenAI {
  return new OpenAI({ baseURL: `${baseUrl}/v1`, apiKey, fetch, maxRetries: 0, timeout: 15_000 });
}
