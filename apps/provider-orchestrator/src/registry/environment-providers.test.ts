import { mockModels } from '@aggregator/mock-provider';
import { describe, expect, it } from '@jest/globals';
import { readProviderOrchestratorConfig } from '../config.ts';
import { toEnvironmentProviders } from './environment-providers.ts';

function providersOf(environment: Record<string, string>) {
  const config = readProviderOrchestratorConfig({
    INTERNAL_SIGNING_KEY: 'A'.repeat(43),
    PROVIDER_ORCHESTRATOR_DATABASE_URL: 'postgresql://localhost/registry',
    ...environment,
  });
  return toEnvironmentProviders(config, { openAiModels: [], mockModels });
}
const namesOf = (environment: Record<string, string>) => providersOf(environment).map(({ name }) => name);

const custom = { CUSTOM_BASE_URL: 'http://localhost:8000', CUSTOM_MODELS: 'llama,embed,free' };

describe('providers from the environment', () => {
  it('are the mock provider where no key is set', () => {
    expect(namesOf({})).toEqual(['mock']);
    expect(providersOf({ PROXY_URL: 'http://proxy-0:3003,http://proxy-1:3003' })).toMatchObject([
      { type: 'Mock', baseUrl: 'http://proxy-0:3003/mock/v1', credentialRef: 'none' },
    ]);
    expect(providersOf({ MOCK_BASE_URL: 'http://mock:9000' })).toMatchObject([{ baseUrl: 'http://mock:9000/v1' }]);
  });

  it('have the mock provider beside real ones only when told to', () => {
    expect(namesOf({ OPENAI_API_KEY: 'sk' })).toEqual(['openai']);
    expect(namesOf(custom)).toEqual(['custom']);
    expect(namesOf({ OPENAI_API_KEY: 'sk', MOCK_PROVIDER: 'true' })).toEqual(['openai', 'mock']);
    expect(namesOf({ MOCK_PROVIDER: 'false' })).toEqual([]);
  });

  it('name where a credential is and never what it is', () => {
    const providers = providersOf({ ...custom, OPENAI_API_KEY: 'sk-canary', CUSTOM_API_KEY: 'sk-canary' });

    expect(providers.map(({ credentialRef }) => credentialRef)).toEqual(['env:OPENAI_API_KEY', 'env:CUSTOM_API_KEY']);
    expect(JSON.stringify(providers)).not.toContain('canary');
    expect(providersOf(custom)).toMatchObject([{ credentialRef: 'none' }]);
  });

  it('make chat, embedding and unpriced models of a custom server', () => {
    const prices = '{"llama": {"input": "1", "output": "2"}, "embed": {"input": "0.1"}}';

    expect(providersOf({ ...custom, CUSTOM_PRICES: prices })[0]?.models).toMatchObject([
      { id: 'llama', operations: ['chat.completions'], price: { rates: { outputText: '2000000' } } },
      { id: 'embed', operations: ['embeddings'], maxOutputTokens: null, price: { rates: { inputUncached: '100000' } } },
      { id: 'free', operations: ['chat.completions'], price: null },
    ]);
  });
});
