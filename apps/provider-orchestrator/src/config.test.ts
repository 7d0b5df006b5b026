import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { readProviderOrchestratorConfig } from './config.ts';

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
    const { vendors } = read({ OPENAI_BASE_URL: given });
    expect(vendors.find(({ name }) => name === 'openai')?.baseUrl).toBe(understood);
  });

  it.each(['ftp://api.example.com', 'https://user:secret@api.example.com', 'https://api.example.com/v1?key=secret'])(
    'refuses the address %s without repeating a secret in it',
    (given) => {
      expect(() => read({ OPENAI_BASE_URL: given })).toThrow(/OPENAI_BASE_URL/);
      expect(() => read({ OPENAI_BASE_URL: given })).not.toThrow(/secret/);
    },
  );

  it.each([
    ['ANTHROPIC_BASE_URL', 'https://api.anthropic.com', 'https://api.anthropic.com/v1'],
    [
      'GOOGLE_AI_BASE_URL',
      'https://generativelanguage.googleapis.com/',
      'https://generativelanguage.googleapis.com/v1beta',
    ],
    ['GOOGLE_BASE_URL', 'https://g.example.com/v1', 'https://g.example.com/v1'],
    ['COHERE_BASE_URL', 'https://api.cohere.com', 'https://api.cohere.com/v2'],
    ['OPENROUTER_BASE_URL', 'https://openrouter.ai', 'https://openrouter.ai/api/v1'],
    ['OPENROUTER_BASE_URL', 'https://openrouter.ai/api/', 'https://openrouter.ai/api/v1'],
    ['OPENROUTER_BASE_URL', 'https://openrouter.ai/api/v1', 'https://openrouter.ai/api/v1'],
    ['YANDEX_BASE_URL', 'https://ai.api.cloud.yandex.net', 'https://ai.api.cloud.yandex.net/v1'],
  ])('puts into %s=%s the version path of its vendor: %s', (name, given, understood) => {
    expect(Object.values(read({ [name]: given }))).toContain(understood);
  });

  it("holds the providers' keys such that they cannot be printed", () => {
    const config = read({
      OPENAI_API_KEY: 'sk-canary-1',
      OPENAI_API_KEY_2: 'sk-canary-2',
      CUSTOM_API_KEY: 'sk-canary-3',
      CUSTOM_BASE_URL: 'http://x',
      CUSTOM_MODELS: 'm',
    });

    expect(config.keys.openai?.map(({ ref, secret }) => [ref, secret.reveal()])).toEqual([
      ['env:OPENAI_API_KEY', 'sk-canary-1'],
      ['env:OPENAI_API_KEY_2', 'sk-canary-2'],
    ]);
    expect(JSON.stringify({ ...config, customPrices: undefined }) + inspect(config, { depth: 9 })).not.toContain(
      'canary',
    );
  });

  it('reads what may be called although it is not public, and the keys that seal credentials', () => {
    const config = read({
      PROVIDER_BASE_URL_ALLOWLIST: 'llm.internal:8000, 10.1.0.0/16',
      CREDENTIALS_ENCRYPTION_KEY: `${'A'.repeat(43)}, ${'B'.repeat(43)}`,
    });

    expect(config.baseUrlAllowlist?.hasHost('llm.internal', 8000)).toBe(true);
    expect(config.baseUrlAllowlist?.hasAddress('10.1.2.3')).toBe(true);
    expect(config.credentialsEncryptionKeys).toHaveLength(2);
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
    [{ CUSTOM_PRICES: '{"m": {"input": "1", "output": "1", "toolCalls": "5"}}' }, /'toolCalls'.* can never be charged/],
    [{ CUSTOM_NAME: 'openai' }, /CUSTOM_NAME: 'openai' is taken/],
    [{ CUSTOM_NAME: 'Not A Name' }, /CUSTOM_NAME/],
    [{ CUSTOM_MODELS: '' }, /CUSTOM_MODELS: must name/],
    [{ CUSTOM_BASE_URL: '' }, /CUSTOM_BASE_URL: must be set/],
  ])('refuses %j', (wrong, message) => {
    const custom = { CUSTOM_BASE_URL: 'http://localhost:8000', CUSTOM_MODELS: 'm' };
    expect(() => read({ ...custom, ...wrong })).toThrow(message);
  });

  it.each([
    [{ YANDEX_API_KEY: 'k' }, /YANDEX_FOLDER_ID: must be set/],
    [{ YANDEX_API_KEY: 'k', YANDEX_FOLDER_ID: 'a/b' }, /YANDEX_FOLDER_ID/],
    [{ OPENAI_API_KEY: 'sk-canary-1,sk-canary-2' }, /OPENAI_API_KEY: must be one key/],
    [{ PROVIDER_BASE_URL_ALLOWLIST: 'http://llm' }, /PROVIDER_BASE_URL_ALLOWLIST/],
    [{ CREDENTIALS_ENCRYPTION_KEY: 'canary' }, /CREDENTIALS_ENCRYPTION_KEY: must be 32 random bytes/],
    [{ PROVIDER_PROBE_INTERVAL_MS: '-1' }, /PROVIDER_PROBE_INTERVAL_MS/],
  ])('refuses the set-up %j without repeating a secret', (wrong, message) => {
    expect(() => read(wrong)).toThrow(message);
    expect(() => read(wrong)).not.toThrow(/canary/);
  });
});
