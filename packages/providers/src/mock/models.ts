import type { Rates, SnapshotModel } from '@aggregator/contracts';

/** A model of the mock provider with what it charges, in pico-USD per token. */
export type MockModel = Omit<SnapshotModel, 'priceVersion'> & { rates: Rates };

export const mockModels: readonly MockModel[] = [
  {
    id: 'mock-small',
    operations: ['chat.completions'],
    contextLength: 128_000,
    maxOutputTokens: 16_384,
    capabilities: ['tools', 'structured_outputs', 'vision'],
    firstLifeMs: null,
    rates: { inputUncached: '150000', cacheRead: '75000', outputText: '600000' },
  },
  {
    id: 'mock-large',
    operations: ['chat.completions'],
    contextLength: 1_000_000,
    maxOutputTokens: 32_768,
    capabilities: ['tools', 'structured_outputs', 'vision'],
    firstLifeMs: null,
    rates: { inputUncached: '2500000', cacheRead: '1250000', outputText: '10000000' },
  },
  {
    id: 'mock-embedding',
    operations: ['embeddings'],
    contextLength: 8_192,
    maxOutputTokens: null,
    capabilities: [],
    firstLifeMs: null,
    rates: { inputUncached: '20000' },
  },
];

export function findMockModel(id: string): MockModel | undefined {
  return mockModels.find((model) => model.id === id);
}
