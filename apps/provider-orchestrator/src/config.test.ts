import { describe, expect, it } from '@jest/globals';
import { listUnsupportedKeys, readProviderOrchestratorConfig } from './config.ts';

const required = {
  INTERNAL_SIGNING_KEY: 'A'.repeat(43),
  PROVIDER_ORCHESTRATOR_DATABASE_URL: 'postgresql://localhost/registry',
};
const read = (environment: Record<string, string>) => readProviderOrchestratorConfig({ ...required, ...environment });

describe("the orchestrator's configuration", () => {
  it.each([
    ['https://api.example.com', 'https://api.example.com/v1'],
    ['https://api.example.com/', 'https://api.example.com/v1'],
    ['https://api.example.com/v1', 'https://api.example.com/v1'],
    ['https://api.example.com/v1/', 'https://api.example.com/v1'],
    ['http://10.0.0.7:8080/openai/v2/', 'http://10.0.0.7:8080/openai/v2'],
  ])('understands the address %s as %s', (given, understood) => {
    expect(read({ OPENAI_BASE_URL: given }).openAiBaseUrl).toBe(understood);
  });

  it.each(['ftp://api.example.com', 'https://user:secret@api.example.com', 'https://api.example.com/v1?key=secret'])(
    'refuses the address %s without repeating a secret in it',
    (given) => {
      expect(() => read({ OPENAI_BASE_URL: given })).toThrow(/OPENAI_BASE_URL/);
      expect(() => read({ OPENAI_BASE_URL: given })).not.toThrow(/secret/);
    },
  );

  it('holds no secret, only whether it is there', () => {
    const config = read({
      OPENAI_API_KEY: 'sk-canary-1',
      CUSTOM_API_KEY: 'sk-canary-2',
      CUSTOM_BASE_URL: 'http://x',
      CUSTOM_MODELS: 'm',
    });

    expect(config.hasOpenAiKey).toBe(true);
    expect(JSON.stringify({ ...config, customPrices: undefined })).not.toContain('canary');
  });

  it('reads the prices of a custom server as exact decimals', () => {
    const config = read({
      CUSTOM_BASE_URL: 'http://localhost:8000',
      CUSTOM_MODELS: 'llama, embed,llama',
      CUSTOM_PRICES: '{"llama": {"input": "0.15", "output": "0.6"}, "embed": {"input": "0.02"}}',
    });

    expect(config.customModels).toEqual(['llama', 'embed']);
    expect(config.customPrices?.get('llama')).toMatchObject({ inputUncached: '150000', outputReasoning: '600000' });
    expect(config.customPrices?.get('embed')).toEqual({ inputUncached: '20000' });
  });

  it.each([
    [{ CUSTOM_PRICES: '{"m": {"input": 0.15}}' }, /CUSTOM_PRICES/],
    [{ CUSTOM_PRICES: '{"m": {"input": "1e-3"}}' }, /CUSTOM_PRICES/],
    [{ CUSTOM_PRICES: '{"m": {"input": "0.0000001"}}' }, /CUSTOM_PRICES/],
    [{ CUSTOM_PRICES: '{"m": ' }, /CUSTOM_PRICES: must be JSON/],
    [{ CUSTOM_PRICES: '{"other": {"input": "1"}}' }, /'other' is not among CUSTOM_MODELS/],
    [{ CUSTOM_NAME: 'openai' }, /CUSTOM_NAME: 'openai' is taken/],
    [{ CUSTOM_NAME: 'Not A Name' }, /CUSTOM_NAME/],
    [{ CUSTOM_MODELS: '' }, /CUSTOM_MODELS: must name/],
    [{ CUSTOM_BASE_URL: '' }, /CUSTOM_BASE_URL: must be set/],
  ])('refuses %j', (wrong, message) => {
    const custom = { CUSTOM_BASE_URL: 'http://localhost:8000', CUSTOM_MODELS: 'm' };
    expect(() => read({ ...custom, ...wrong })).toThrow(message);
  });

  it('names the keys of vendors that it has no adapter for', () => {
    const config = read({ ANTHROPIC_API_KEY: 'x', GOOGLE_AI_API_KEY: 'y', OPENAI_API_KEY: 'z' });

    expect(listUnsupportedKeys(config)).toEqual(['ANTHROPIC_API_KEY', 'GOOGLE_API_KEY']);
  });
});
