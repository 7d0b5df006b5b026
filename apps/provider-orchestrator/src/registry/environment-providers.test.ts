import { describe, expect, it } from '@jest/globals';
import { readProviderOrchestratorConfig } from '../config.ts';
import { toEnvironmentProviders } from './environment-providers.ts';

function providersOf(environment: Record<string, string>) {
  const config = readProviderOrchestratorConfig({
    INTERNAL_SIGNING_KEY: 'A'.repeat(43),
    PROVIDER_ORCHESTRATOR_DATABASE_URL: 'postgresql://localhost/registry',
    ...environment,
  });
  return toEnvironmentProviders(config, { readVendorModels: () => [] });
}
const namesOf = (environment: Record<string, string>) => providersOf(environment).map(({ name }) => name);

const custom = { CUSTOM_BASE_URL: 'http://localhost:8000', CUSTOM_MODELS: 'llama,embed,free' };

describe('providers from the environment', () => {
  it('are the mock provider where no key is set', () => {
    expect(namesOf({})).toEqual(['mock']);
    expect(providersOf({ PROXY_URL: 'http://proxy-0:3003,http://proxy-1:3003' })).toMatchObject([
      { type: 'Mock', baseUrl: 'http://proxy-0:3003/mock/v1', credentialRefs: ['none'] },
    ]);
    expect(providersOf({ MOCK_BASE_URL: 'http://mock:9000' })).toMatchObject([{ baseUrl: 'http://mock:9000/v1' }]);
  });

  it('have the mock provider beside real ones only when it is configured', () => {
    expect(namesOf({ OPENAI_API_KEY: 'sk' })).toEqual(['openai']);
    expect(namesOf(custom)).toEqual(['custom']);
    expect(namesOf({ OPENAI_API_KEY: 'sk', MOCK_PROVIDER: 'true' })).toEqual(['openai', 'mock']);
    expect(namesOf({ MOCK_PROVIDER: 'false' })).toEqual([]);
  });

  it('limit a server in the place of OpenAI’s to one of the two APIs', () => {
    expect(providersOf({ OPENAI_API_KEY: 'sk' })[0]?.options).toEqual({});
    expect(providersOf({ OPENAI_API_KEY: 'sk', OPENAI_CHAT_API: 'chat-completions' })[0]?.options).toEqual({
      api: 'chat-completions',
    });
    expect(() => providersOf({ OPENAI_CHAT_API: 'both' })).toThrow('OPENAI_CHAT_API');
  });

  it('name where a credential is and never what it is', () => {
    const providers = providersOf({ ...custom, OPENAI_API_KEY: 'sk-canary', CUSTOM_API_KEY: 'sk-canary' });

    expect(providers.flatMap(({ credentialRefs }) => credentialRefs)).toEqual([
      'env:OPENAI_API_KEY',
      'env:CUSTOM_API_KEY',
    ]);
    expect(JSON.stringify(providers)).not.toContain('canary');
    expect(providersOf(custom)).toMatchObject([{ type: 'OpenAICompatible', credentialRefs: ['none'] }]);
  });

  it('are one for each vendor whose key is set, with all its keys and its address', () => {
    const keys = Object.fromEntries(
      ['OPENAI', 'ANTHROPIC', 'GOOGLE_AI', 'COHERE', 'OPENROUTER', 'YANDEX'].map((name) => [`${name}_API_KEY`, 'k']),
    );
    const providers = providersOf({ ...keys, OPENAI_API_KEY_2: 'k', YANDEX_FOLDER_ID: 'b1g' });

    expect(providers.map(({ name, type, baseUrl, credentialRefs }) => [name, type, baseUrl, credentialRefs])).toEqual([
      ['openai', 'OpenAI', 'https://api.openai.com/v1', ['env:OPENAI_API_KEY', 'env:OPENAI_API_KEY_2']],
      ['anthropic', 'Anthropic', 'https://api.anthropic.com/v1', ['env:ANTHROPIC_API_KEY']],
      ['google', 'Gemini', 'https://generativelanguage.googleapis.com/v1beta', ['env:GOOGLE_AI_API_KEY']],
      ['cohere', 'Cohere', 'https://api.cohere.com/v2', ['env:COHERE_API_KEY']],
      ['openrouter', 'OpenRouter', 'https://openrouter.ai/api/v1', ['env:OPENROUTER_API_KEY']],
      ['yandex', 'Yandex', 'https://llm.api.cloud.yandex.net/v1', ['env:YANDEX_API_KEY']],
    ]);
    expect(providers.at(-1)?.options).toEqual({ folder: 'b1g' });
  });

  it("bounds an answer of YandexGPT by less than its window, and one of Yandex's other models by the window", () => {
    const models = providersOf({ YANDEX_API_KEY: 'k', YANDEX_FOLDER_ID: 'b1g' })[0]?.models ?? [];
    const boundOf = (wanted: string) => models.find(({ id }) => id === wanted)?.maxOutputTokens;

    expect(boundOf('yandexgpt/latest')).toBe(8192);
    expect(boundOf('gpt-oss-120b/latest')).toBe(131_072);
    expect(boundOf('text-search-doc/latest')).toBeNull();
  });

  it("price Yandex's models by what the environment says, and add those that it names beside them", () => {
    const prices =
      '{"yandexgpt/latest": {"input": "9.836", "output": "9.836"}, "fresh/latest": {"input": "1", "output": "2"}}';
    const models =
      providersOf({ YANDEX_API_KEY: 'k', YANDEX_FOLDER_ID: 'b1g', YANDEX_PRICES: prices })[0]?.models ?? [];
    const priced = models.filter(({ price }) => price !== null);

    expect(priced.map(({ id, price }) => [id, price?.rates.inputUncached])).toEqual([
      ['yandexgpt/latest', '9836000'],
      ['fresh/latest', '1000000'],
    ]);
    expect(models.length).toBeGreaterThan(5);
    expect(models.find(({ id }) => id === 'text-search-doc/latest')).toMatchObject({ operations: ['embeddings'] });
  });

  it('make chat, embedding and unpriced models of a custom server', () => {
    const prices = '{"llama": {"input": "1", "output": "2"}, "embed": {"input": "0.1"}}';

    expect(providersOf({ ...custom, CUSTOM_PRICES: prices })[0]?.models).toMatchObject([
      { id: 'llama', operations: ['chat.completions'], price: { rates: { outputText: '2000000' } } },
      { id: 'embed', operations: ['embeddings'], maxOutputTokens: null, price: { rates: { inputUncached: '100000' } } },
      { id: 'free', operations: ['chat.completions'], price: null },
    ]);
  });

  it('set what becomes of calls to a custom server whose clients left, only if the environment says so', () => {
    expect(providersOf(custom)[0]?.options).toEqual({});
    expect(providersOf({ ...custom, CUSTOM_DISCONNECT: 'abort' })[0]?.options).toEqual({ disconnect: 'abort' });
    expect(() => providersOf({ ...custom, CUSTOM_DISCONNECT: 'wait' })).toThrow('CUSTOM_DISCONNECT');
  });

  it('make models of pictures of a custom server, priced by the picture or by its tokens', () => {
    const prices =
      '{"llama": {"input": "0", "images": "40000"}, "embed": {"input": "0", "imageOut": "40000"}, "free": {"input": "5", "imageOut": "40"}}';

    expect(providersOf({ ...custom, CUSTOM_PRICES: prices })[0]?.models).toMatchObject([
      { id: 'llama', operations: ['images.generations'], price: { rates: { images: '40000000000' } } },
      { id: 'embed', operations: ['images.generations'], price: { rates: { images: '40000000000' } } },
      { id: 'free', operations: ['images.generations'], price: { rates: { imageOut: '40000000' } } },
    ]);
  });
});
