import { type ProviderType, providerName, type Rates } from '@aggregator/contracts';
import { openAiApis } from '@aggregator/providers';
import {
  baseUrlAllowlistVariable,
  ConfigError,
  type ConfigOf,
  commonVariables,
  credentialsEncryptionKeysVariable,
  customTlsVariables,
  databaseUrlVariable,
  defaultPorts,
  type Environment,
  flag,
  httpProxyVariables,
  integer,
  readConfig,
  readTlsFiles,
  redisVariables,
  type TlsFiles,
  variable,
} from '@aggregator/service-kit';
import { z } from 'zod';
import { type EnvironmentKey, findKeyFaults, readEnvironmentKeys } from './credentials/environment-keys.ts';
import { type CustomServer, readCustomServers } from './custom-servers/read-custom-servers.ts';
import { customVariables } from './custom-servers/variables.ts';
import { findPriceFault } from './providers/check-price.ts';
import { defaultBaseUrl } from './registry/base-urls.ts';
import { toCustomOperation } from './registry/custom-operation.ts';
import { fromRates, pricesByModel } from './registry/plain-rates.ts';
import { keyVariable, providerBaseUrl } from './registry/provider-variables.ts';

const baseUrlVariable = (name: string, vendor: string, type: ProviderType) =>
  variable(
    name,
    providerBaseUrl(type).default(defaultBaseUrl(type) ?? ''),
    `${vendor} address, with or without its version path.`,
  );

const pricesVariable = (name: string, vendor: string) =>
  variable(
    name,
    pricesByModel.optional(),
    `What ${vendor} models cost here, as CUSTOM_PRICES has it; takes the place of their list prices. A model that is not in the list, or is retired, is offered too.`,
  );

const vendorVariables = {
  hasOpenAiKey: keyVariable('OPENAI_API_KEY', "OpenAI's API key; makes the provider `openai`."),
  openAiBaseUrl: baseUrlVariable('OPENAI_BASE_URL', "OpenAI's", 'OpenAI'),
  openAiChatApi: variable(
    'OPENAI_CHAT_API',
    z.enum(openAiApis).optional(),
    'The only API for chats that the server at OPENAI_BASE_URL has; unset, each request goes by the one that serves it best.',
  ),
  openAiPrices: pricesVariable('OPENAI_PRICES', "OpenAI's"),
  hasAnthropicKey: keyVariable('ANTHROPIC_API_KEY', "Anthropic's API key; makes the provider `anthropic`."),
  anthropicBaseUrl: baseUrlVariable('ANTHROPIC_BASE_URL', "Anthropic's", 'Anthropic'),
  anthropicPrices: pricesVariable('ANTHROPIC_PRICES', "Anthropic's"),
  hasGoogleKey: keyVariable('GOOGLE_API_KEY', "Gemini's API key; makes the provider `google`.", ['GOOGLE_AI_API_KEY']),
  googleBaseUrl: variable(
    'GOOGLE_BASE_URL',
    providerBaseUrl('Gemini').default(defaultBaseUrl('Gemini') ?? ''),
    "Gemini's address, with or without its version path.",
    { aliases: ['GOOGLE_AI_BASE_URL'] },
  ),
  googlePrices: pricesVariable('GOOGLE_PRICES', "Gemini's"),
  hasCohereKey: keyVariable('COHERE_API_KEY', "Cohere's API key; makes the provider `cohere`."),
  cohereBaseUrl: baseUrlVariable('COHERE_BASE_URL', "Cohere's", 'Cohere'),
  coherePrices: pricesVariable('COHERE_PRICES', "Cohere's"),
  hasOpenRouterKey: keyVariable('OPENROUTER_API_KEY', "OpenRouter's API key; makes the provider `openrouter`."),
  openRouterBaseUrl: baseUrlVariable('OPENROUTER_BASE_URL', "OpenRouter's", 'OpenRouter'),
  openRouterPrices: pricesVariable('OPENROUTER_PRICES', "OpenRouter's"),
  hasYandexKey: keyVariable('YANDEX_API_KEY', "Yandex AI Studio's API key; makes the provider `yandex`."),
  yandexBaseUrl: baseUrlVariable('YANDEX_BASE_URL', "Yandex AI Studio's", 'Yandex'),
  yandexFolderId: variable(
    'YANDEX_FOLDER_ID',
    z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be the id of a folder')
      .optional(),
    'The folder that Yandex answers and bills for; must be set where YANDEX_API_KEY is.',
  ),
  yandexPrices: variable(
    'YANDEX_PRICES',
    pricesByModel.optional(),
    'What Yandex models cost, as CUSTOM_PRICES has it: {"yandexgpt/latest": {"input": "…", "output": "…"}}. A model that is not here has no price and is refused.',
  ),
} as const;

export const providerOrchestratorVariables = {
  ...commonVariables('provider-orchestrator', defaultPorts['provider-orchestrator']),
  databaseUrl: databaseUrlVariable('provider-orchestrator'),
  databaseConnectionsMax: variable(
    'PROVIDER_ORCHESTRATOR_DATABASE_CONNECTIONS_MAX',
    integer(2, 100).default(5),
    'Most connections that one orchestrator process opens to its database.',
  ),
  credentialsEncryptionKeys: credentialsEncryptionKeysVariable,
  ...redisVariables,
  baseUrlAllowlist: baseUrlAllowlistVariable,
  ...httpProxyVariables,
  probeIntervalMs: variable(
    'PROVIDER_PROBE_INTERVAL_MS',
    integer(0, 3_600_000).default(30_000),
    'How often each provider is asked whether it is there, in milliseconds, and one that has changed at once; 0 never asks.',
  ),
  proxyUrl: variable(
    'PROXY_URL',
    z
      .string()
      .default(`http://127.0.0.1:${defaultPorts.proxy}`)
      .transform((text) => (text.split(',')[0] ?? '').trim())
      .pipe(z.url({ protocol: /^https?$/ })),
    'Base URL of the proxy; of several, separated by commas, the first serves the mock provider.',
  ),
  ...vendorVariables,
  ...customVariables,
  ...customTlsVariables,
  priceFile: variable(
    'PRICE_FILE',
    z.string().min(1).optional(),
    'A JSON file with prices of the price book, read at the start: {"prices": [{"provider": "openai", "model": "gpt-4o-mini", "price": {"input": "0.2", "output": "0.8"}}]}. It is all that the file ever said: what it says no more ends.',
  ),
  mockProvider: variable(
    'MOCK_PROVIDER',
    flag.optional(),
    'Whether the built-in mock provider is there; unset, it is where the environment names no other provider.',
  ),
  mockBaseUrl: variable(
    'MOCK_BASE_URL',
    providerBaseUrl('Mock').optional(),
    'Address of the mock provider; unset, the one that the proxy serves itself.',
  ),
} as const;

const keyVariables = {
  openai: providerOrchestratorVariables.hasOpenAiKey,
  anthropic: providerOrchestratorVariables.hasAnthropicKey,
  google: providerOrchestratorVariables.hasGoogleKey,
  cohere: providerOrchestratorVariables.hasCohereKey,
  openrouter: providerOrchestratorVariables.hasOpenRouterKey,
  yandex: providerOrchestratorVariables.hasYandexKey,
  custom: providerOrchestratorVariables.hasCustomKey,
} as const;

/** The providers' keys, which are looked at only to probe the providers with them. */
export type EnvironmentKeys = Readonly<Record<keyof typeof keyVariables, readonly EnvironmentKey[]>>;
export type ProviderOrchestratorConfig = ConfigOf<typeof providerOrchestratorVariables> & {
  readonly keys: EnvironmentKeys;
  readonly customServers: readonly CustomServer[];
  /** By what their variables begin with. */
  readonly tlsFiles: ReadonlyMap<string, TlsFiles>;
};

/** Throws ConfigError with every fault. */
export function readProviderOrchestratorConfig(environment: Environment): ProviderOrchestratorConfig {
  const read = (vendor: keyof typeof keyVariables) => {
    const { name, aliases } = keyVariables[vendor];
    return readEnvironmentKeys(environment, [name, ...aliases]);
  };
  const keys: EnvironmentKeys = {
    openai: read('openai'),
    anthropic: read('anthropic'),
    google: read('google'),
    cohere: read('cohere'),
    openrouter: read('openrouter'),
    yandex: read('yandex'),
    custom: read('custom'),
  };
  const config = {
    ...readConfig(providerOrchestratorVariables, environment),
    keys,
    customServers: readCustomServers(environment),
    tlsFiles: readTlsFiles(environment),
  };
  const faults = [
    ...Object.values(keys).flatMap(findKeyFaults),
    ...findYandexFaults(config),
    ...findPriceFaults('OPENAI_PRICES', 'OpenAI', config.openAiPrices),
    ...findPriceFaults('ANTHROPIC_PRICES', 'Anthropic', config.anthropicPrices),
    ...findPriceFaults('GOOGLE_PRICES', 'Gemini', config.googlePrices),
    ...findPriceFaults('COHERE_PRICES', 'Cohere', config.coherePrices),
    ...findPriceFaults('OPENROUTER_PRICES', 'OpenRouter', config.openRouterPrices),
    ...findCustomFaults(config),
  ];
  if (faults.length > 0) throw new ConfigError(faults);
  return config;
}

function findYandexFaults({ keys, yandexFolderId, yandexPrices }: ProviderOrchestratorConfig): string[] {
  const faults = findPriceFaults('YANDEX_PRICES', 'Yandex', yandexPrices);
  if (keys.yandex.length > 0 && yandexFolderId === undefined)
    faults.push('YANDEX_FOLDER_ID: must be set where YANDEX_API_KEY is');
  return faults;
}

/** Prices that can never be charged. */
function findPriceFaults(variableName: string, type: ProviderType, prices: ReadonlyMap<string, Rates> | undefined) {
  return [...(prices ?? [])].flatMap(([id, rates]) => {
    const price = fromRates(rates);
    const fault = price && findPriceFault(type, { id, operations: [toCustomOperation(rates)], price });
    return fault ? [`${variableName}: ${fault.message}`] : [];
  });
}

function findCustomFaults(config: ProviderOrchestratorConfig): string[] {
  const { customBaseUrl, customModels, customPrices, customServers, keys } = config;
  const isAlone = customModels !== undefined || customPrices !== undefined || keys.custom.length > 0;
  const names = customServers.map(({ name }) => name);
  return [
    ...(customBaseUrl === undefined && isAlone
      ? ['CUSTOM_BASE_URL: must be set where CUSTOM_API_KEY, CUSTOM_MODELS or CUSTOM_PRICES is']
      : []),
    ...customServers.flatMap((server) => findServerFaults(server, names)),
  ];
}

function findServerFaults(server: CustomServer, names: readonly string[]): string[] {
  const { customModels, customModelDetails = {}, customPrices, name, prefix } = server;
  if (customModels === undefined) return [`${prefix}_MODELS: must name the models of ${prefix}_BASE_URL`];
  const isVendor = name === 'mock' || (name !== 'custom' && Object.hasOwn(keyVariables, name));
  const isTaken = isVendor || names.filter((one) => one === name).length > 1;
  const findUnknown = (variableName: string, models: Iterable<string>) =>
    [...models]
      .filter((model) => !customModels.includes(model))
      .map((model) => `${variableName}: '${model}' is not among ${prefix}_MODELS`);
  return [
    ...findUnknown(`${prefix}_PRICES`, customPrices?.keys() ?? []),
    ...findUnknown(`${prefix}_MODEL_DETAILS`, Object.keys(customModelDetails)),
    ...(providerName.safeParse(name).success ? [] : [`${prefix}_NAME: '${name}' is no name of a provider`]),
    ...(isTaken ? [`${prefix}_NAME: '${name}' is taken`] : []),
    ...findPriceFaults(`${prefix}_PRICES`, 'OpenAICompatible', customPrices),
  ];
}
