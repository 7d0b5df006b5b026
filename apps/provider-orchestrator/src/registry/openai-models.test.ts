import { type Rates, snapshotModel, type Usage } from '@aggregator/contracts';
import { priceUsage } from '@aggregator/pricing';
import { describe, expect, it } from '@jest/globals';
import { calcPrice } from '@pydantic/genai-prices';
import type { DeclaredModel } from './declared-provider.ts';
import { readOpenAiModels } from './openai-models.ts';

const nowMs = Date.UTC(2026, 10, 21);
const models = readOpenAiModels(nowMs);

function modelNamed(id: string): DeclaredModel {
  const found = models.find((model) => model.id === id);
  if (found === undefined) throw new Error(`no model ${id}`);
  return found;
}

describe('models of OpenAI', () => {
  it('have the exact integer rates of the price list', () => {
    expect(modelNamed('gpt-4o-mini').price?.rates).toEqual({
      inputUncached: '150000',
      cacheRead: '75000',
      cacheWrite5m: '150000',
      outputText: '600000',
      outputReasoning: '600000',
    } satisfies Rates);
    expect(modelNamed('text-embedding-3-small')).toMatchObject({
      operations: ['embeddings'],
      maxOutputTokens: null,
      price: { rates: { inputUncached: '20000' } },
    });
  });

  it('cost what the price list itself says, to the nano', () => {
    const priced = models.flatMap(({ id, price }) => (price === null ? [] : [{ id, rates: price.rates }]));
    expect(priced.length).toBeGreaterThan(30);
    for (const { id, rates } of priced) {
      const isChat = rates.outputText !== undefined;
      const usage: Usage = { inputUncached: 123_457, ...(isChat && { cacheRead: 3_211, outputText: 7_919 }) };
      const listed = calcPrice(
        { input_tokens: 126_668, ...(isChat && { cache_read_tokens: 3_211, output_tokens: 7_919 }) },
        id,
        { providerId: 'openai', timestamp: new Date(nowMs) },
      );
      const expected = isChat ? listed : calcPrice({ input_tokens: 123_457 }, id, { providerId: 'openai' });
      // The list computes in floats; ours is exact and rounded up once.
      expect([id, Math.abs(Number(priceUsage(usage, rates)) - (expected?.total_price ?? 0) * 1e9) <= 1.01]).toEqual([
        id,
        true,
      ]);
    }
  });

  it('are there without a price where the price has tiers', () => {
    expect(modelNamed('gpt-5.5').price).toBeNull();
  });

  it('have the price that holds at the time', () => {
    const before = readOpenAiModels(Date.UTC(2025, 4, 1)).find(({ id }) => id === 'o3');

    expect(before?.price?.rates.inputUncached).toBe('10000000');
    expect(modelNamed('o3').price?.rates.inputUncached).toBe('2000000');
  });

  it('include dated releases and no other aliases', () => {
    const names = models.map(({ id }) => id).filter((id) => id.startsWith('gpt-4o-mini'));

    expect(names).toEqual(['gpt-4o-mini', 'gpt-4o-mini-2024-07-18']);
    expect(models.map(({ id }) => id)).not.toContain('gpt-35-turbo');
  });

  it('leave out what chat completions do not serve', () => {
    const others = models.filter(({ id }) => /audio|realtime|image|tts|transcribe|codex|search|-pro/.test(id));

    expect(others).toEqual([]);
  });

  it('fit into a snapshot, each once, with an answer no longer than the context', () => {
    for (const { price: _price, ...model } of models) {
      expect(snapshotModel.safeParse({ ...model, priceVersion: null }).error).toBeUndefined();
      expect(model.maxOutputTokens ?? 0).toBeLessThanOrEqual(model.contextLength);
    }
    expect(new Set(models.map(({ id }) => id)).size).toBe(models.length);
  });
});
