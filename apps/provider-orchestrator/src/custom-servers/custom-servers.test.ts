import { describe, expect, it } from '@jest/globals';
import { readProviderOrchestratorConfig } from '../config.ts';
import { toEnvironmentProviders } from '../registry/environment-providers.ts';

const providersOf = (environment: Record<string, string>) => {
  const config = readProviderOrchestratorConfig({
    INTERNAL_SIGNING_KEY: 'A'.repeat(43),
    PROVIDER_ORCHESTRATOR_DATABASE_URL: 'postgresql://localhost/registry',
    ...environment,
  });
  return toEnvironmentProviders(config, { readVendorModels: () => [] });
};

const first = { CUSTOM_BASE_URL: 'http://10.0.0.5:8000', CUSTOM_MODELS: 'llama' };
const gpu = {
  CUSTOM_GPU_EU_BASE_URL: 'https://gpu.internal:8443/v1',
  CUSTOM_GPU_EU_MODELS: 'qwen,glm',
  CUSTOM_GPU_EU_API_KEY: 'k',
  CUSTOM_GPU_EU_API_KEY_2: 'k2',
  CUSTOM_GPU_EU_PRICES: '{"qwen":{"input":"1","output":"2"}}',
  CUSTOM_GPU_EU_CONTEXT_LENGTH: '32768',
  CUSTOM_GPU_EU_CAPABILITIES: 'tools, reasoning',
  CUSTOM_GPU_EU_MODEL_DETAILS:
    '{"glm":{"contextLength":8192,"maxOutputTokens":1024,"capabilities":[],"firstLifeMs":60000}}',
  CUSTOM_GPU_EU_CONCURRENCY_MAX: '8',
  CUSTOM_GPU_EU_PROFILE: '{"name":"vllm","idleTimeoutMs":5000}',
};

describe('servers of the environment (C-S4)', () => {
  it('are several, the first by the older names', () => {
    expect(providersOf({ ...first, ...gpu }).map(({ name, baseUrl }) => [name, baseUrl])).toEqual([
      ['custom', 'http://10.0.0.5:8000/v1'],
      ['gpu-eu', 'https://gpu.internal:8443/v1'],
    ]);
    expect(providersOf({ ...gpu, CUSTOM_GPU_EU_NAME: 'cluster' }).map(({ name }) => name)).toEqual(['cluster']);
  });

  it('have keys, context, capabilities, prices, concurrency and a profile', () => {
    const [provider] = providersOf(gpu);
    expect(provider).toMatchObject({
      type: 'OpenAICompatible',
      credentialRefs: ['env:CUSTOM_GPU_EU_API_KEY', 'env:CUSTOM_GPU_EU_API_KEY_2'],
      concurrencyMax: 8,
      options: { profile: gpu.CUSTOM_GPU_EU_PROFILE },
      models: [
        { id: 'qwen', contextLength: 32_768, maxOutputTokens: 32_768, capabilities: ['tools', 'reasoning'] },
        { id: 'glm', contextLength: 8192, maxOutputTokens: 1024, capabilities: [], firstLifeMs: 60_000, price: null },
      ],
    });
    expect(provider?.models[0]?.price?.source).toBe('CUSTOM_GPU_EU_PRICES');
  });

  it('have a model that answers chats and makes embeddings under one name', () => {
    const both = { CUSTOM_MODEL_DETAILS: '{"llama":{"operations":["chat.completions","embeddings"]}}' };
    const prices = (price: object) => ({ CUSTOM_PRICES: JSON.stringify({ llama: price }) });
    const [provider] = providersOf({ ...first, ...both, ...prices({ input: '1', output: '2' }) });
    expect(provider?.models).toMatchObject([
      { id: 'llama', operations: ['chat.completions', 'embeddings'], maxOutputTokens: 131_072 },
    ]);
    expect(() => providersOf({ ...first, ...both, ...prices({ input: '1' }) })).toThrow(
      /CUSTOM_PRICES: 'llama'.*output/,
    );
    expect(() => providersOf({ ...first, CUSTOM_MODEL_DETAILS: '{"llama":{"operations":["x"]}}' })).toThrow(
      'CUSTOM_MODEL_DETAILS: ',
    );
  });

  it('are as before if only the older names are set', () => {
    expect(providersOf(first)).toMatchObject([
      {
        name: 'custom',
        credentialRefs: ['none'],
        options: {},
        models: [{ contextLength: 131_072, maxOutputTokens: 131_072, capabilities: [], price: null }],
      },
    ]);
  });

  it.each([
    ['CUSTOM_GPU_EU_MODELS', ''],
    ['CUSTOM_GPU_EU_PROFILE', 'unknown'],
    ['CUSTOM_GPU_EU_CAPABILITIES', 'flying'],
    ['CUSTOM_GPU_EU_MODEL_DETAILS', '{"other":{}}'],
    ['CUSTOM_GPU_EU_MODEL_DETAILS', '{'],
    ['CUSTOM_GPU_EU_PRICES', '{"other":{"input":"1"}}'],
    ['CUSTOM_GPU_EU_CONCURRENCY_MAX', '0'],
    ['CUSTOM_GPU_EU_CONTEXT_LENGTH', 'long'],
    ['CUSTOM_GPU_EU_API_KEY', 'a b'],
    ['CUSTOM_GPU_EU_NAME', 'openai'],
    ['CUSTOM_GPU_EU_CA_FILE', '/does/not/exist'],
  ])('are refused by the name of the variable if %s is %j', (name, value) => {
    expect(() => providersOf({ ...gpu, [name]: value })).toThrow(`${name}: `);
  });

  it('are refused if two have one name, or if there are more than 16', () => {
    expect(() => providersOf({ ...first, ...gpu, CUSTOM_GPU_EU_NAME: 'custom' })).toThrow("'custom' is taken");
    const many = Array.from({ length: 17 }, (_, at) => [`CUSTOM_S${at}_BASE_URL`, 'http://a.example']);
    expect(() => providersOf(Object.fromEntries(many))).toThrow('at most 16');
  });
});
