import { chatCompletionRequest } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { type CachePolicy, mayUseCache } from './may-use-cache.ts';

const chatWith = (fields: object) =>
  chatCompletionRequest.parse({ model: 'm', messages: [{ role: 'user', content: 'Hello' }], ...fields });
const certain = chatWith({ temperature: 0 });

describe('the cache of answers', () => {
  it.each([
    ['temperature 0', { temperature: 0 }, 'use'],
    ['top_k 1', { top_k: 1 }, 'use'],
    ['a seed', { temperature: 1, seed: 0 }, 'use'],
    ['nothing of that', {}, 'bypass'],
    ['a temperature', { temperature: 0.1, seed: null }, 'bypass'],
    ['the web in it', { temperature: 0, web_search_options: {} }, 'bypass'],
  ])('serves of itself what asks for the same answer each time: %s', (_name, fields, use) => {
    expect(mayUseCache({}, chatWith(fields), 'deterministic')).toBe(use);
  });

  it.each<[CachePolicy, string, string]>([
    ['deterministic', 'use', 'bypass'],
    ['all', 'use', 'use'],
    ['off', 'bypass', 'bypass'],
  ])('under the policy %s: %s for a chat at temperature 0, %s for embeddings', (policy, chat, embeddings) => {
    expect(mayUseCache({}, certain, policy)).toBe(chat);
    expect(mayUseCache({}, null, policy)).toBe(embeddings);
  });

  it.each([
    ['cache-control', 'no-store', 'bypass'],
    ['cache-control', 'No-Cache', 'store-only'],
    ['cache-control', 'max-age=0, no-transform', 'store-only'],
    ['cache-control', 'no-cache, no-store', 'bypass'],
    ['cache-control', 'max-age=60', 'use'],
    ['x-aggregator-cache', 'no-store', 'bypass'],
    ['x-aggregator-cache', 'no-cache', 'store-only'],
    ['x-aggregator-cache', 'refresh', 'store-only'],
    ['x-aggregator-cache', 'anything', 'use'],
  ])('heeds %s: %s', (name, value, use) => {
    expect(mayUseCache({ [name]: value }, certain, 'all')).toBe(use);
  });

  it('heeds the stricter one of two', () => {
    const headers = { 'cache-control': 'no-cache', 'x-aggregator-cache': 'no-store' };
    expect(mayUseCache(headers, certain, 'all')).toBe('bypass');
  });
});
