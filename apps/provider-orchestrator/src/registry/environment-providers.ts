import type { MockModel } from '@aggregator/mock-provider';
import type { ProviderOrchestratorConfig } from '../config.ts';
import type { DeclaredModel, DeclaredProvider } from './declared-provider.ts';

/**
 * A server of which we know nothing but its models' names. What is longer than its real window it refuses itself, at no
 * cost; and no answer is longer than the window, so this bounds what is held for one, too.
 */
const customContextLength = 131_072;

/** The providers that the environment declares. */
export function toEnvironmentProviders(
  config: ProviderOrchestratorConfig,
  catalogue: { openAiModels: readonly DeclaredModel[]; mockModels: readonly MockModel[] },
): DeclaredProvider[] {
  const providers: DeclaredProvider[] = [];
  if (config.hasOpenAiKey) {
    providers.push({
      name: 'openai',
      type: 'OpenAI',
      baseUrl: config.openAiBaseUrl,
      credentialRef: 'env:OPENAI_API_KEY',
      models: catalogue.openAiModels,
    });
  }
  if (config.customBaseUrl !== undefined) {
    providers.push({
      name: config.customName,
      type: 'OpenAI',
      baseUrl: config.customBaseUrl,
      credentialRef: config.hasCustomKey ? 'env:CUSTOM_API_KEY' : 'none',
      models: (config.customModels ?? []).map((id) => toCustomModel(id, config)),
    });
  }
  if (config.mockProvider ?? providers.length === 0) {
    providers.push({
      name: 'mock',
      type: 'Mock',
      baseUrl: config.mockBaseUrl ?? `${config.proxyUrl.replace(/\/+$/, '')}/mock/v1`,
      credentialRef: 'none',
      models: catalogue.mockModels.map(toMockModel),
    });
  }
  return providers;
}

function toCustomModel(id: string, config: ProviderOrchestratorConfig): DeclaredModel {
  const rates = config.customPrices?.get(id);
  const price = rates === undefined ? null : { rates, source: 'CUSTOM_PRICES' };
  const makesEmbeddings = rates !== undefined && rates.outputText === undefined;
  return {
    id,
    operations: [makesEmbeddings ? 'embeddings' : 'chat.completions'],
    contextLength: customContextLength,
    maxOutputTokens: makesEmbeddings ? null : customContextLength,
    capabilities: makesEmbeddings ? ['embeddings'] : ['streaming'],
    price,
  };
}

function toMockModel({ rates, ...model }: MockModel): DeclaredModel {
  return { ...model, price: { rates, source: '@aggregator/mock-provider' } };
}
