import type { ProviderType, Rates } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { readVendorModels } from './index.ts';

const nowMs = Date.UTC(2026, 10, 30);
const rates: Rates = { inputUncached: '2500000', outputText: '10000000' };

function find(type: ProviderType, id: string, given: Record<string, Rates>) {
  const models = readVendorModels(type, nowMs, { rates: new Map(Object.entries(given)), source: 'X_PRICES' }) ?? [];
  expect(new Set(models.map((model) => model.id)).size).toBe(models.length);
  return models.find((model) => model.id === id);
}

describe('prices that the operator gives for a vendor (A-C2)', () => {
  it('price a known model that has no price in the list', () => {
    expect(find('Cohere', 'command-a-reasoning-08-2025', { 'command-a-reasoning-08-2025': rates })).toMatchObject({
      ...{ operations: ['chat.completions'], maxOutputTokens: 32_000, contextLength: 256_000 },
      price: { rates, source: 'X_PRICES' },
    });
  });

  it('take the place of the list price, and leave all other models as they are', () => {
    expect(find('OpenAI', 'gpt-4o', { 'gpt-4o': rates })?.price).toEqual({ rates, source: 'X_PRICES' });
    expect(find('OpenAI', 'gpt-4.1', { 'gpt-4o': rates })?.price?.source).toBe('@pydantic/genai-prices');
  });

  it('offer a model that its vendor has retired', () => {
    expect(find('OpenAI', 'gpt-4', {})).toBeUndefined();
    expect(find('OpenAI', 'gpt-4', { 'gpt-4': rates })).toMatchObject({ contextLength: 8192, price: { rates } });
  });

  it('offer DALL-E by the piece', () => {
    const own: Rates = { images: '40000000000' };
    expect(find('OpenAI', 'dall-e-3', { 'dall-e-3': own })).toMatchObject({
      ...{ operations: ['images.generations'], maxOutputTokens: null, price: { rates: own } },
    });
  });

  it('offer embeddings that the list does not have', () => {
    const own: Rates = { inputUncached: '20000' };
    const id = 'openai/text-embedding-3-small';
    expect(find('OpenRouter', id, { [id]: own })).toMatchObject({
      ...{ operations: ['embeddings'], maxOutputTokens: null, price: { rates: own } },
    });
  });
});
