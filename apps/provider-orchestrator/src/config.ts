import { type ProviderType, providerName, type Rates } from '@aggregator/contracts';
import { disconnectPolicies, openAiApis } from '@aggregator/providers';
import {
  baseUrlAllowlistVariable,
  ConfigError,
  type ConfigOf,
  commonVariables,
  credentialsEncryptionKeysVariable,
  databaseUrlVariable,
  defaultPorts,
  type Environment,
  flag,
  httpProxyVariables,
  integer,
  readConfig,
  redisVariables,
  variable,
} from '@aggregator/service-kit';
import { z } from 'zod';
import { type EnvironmentKey, findKeyFaults, readEnvironmentKeys } from './credentials/environment-keys.ts';
import { findPriceFault } from './providers/check-price.ts';
import { defaultBaseUrl, toVersionedBaseUrl } from './registry/base-urls.ts';
import { toCustomOperation } from './registry/custom-operation.ts';
import { fromRates, pricesByModel } from './registry/plain-rates.ts';

const customModelsMax = 500;

/** A provider's address, with the version path put in where it was left out, and without a trailing slash. */
const providerBaseUrl = (type: ProviderType) =>
  z
    .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
    .max(2000)
    .transform((text) => new URL(text))
    .refine((url) => url.username === '' && url.password === '', 'must not hold a user name or password')
    .refine((url) => url.search === '' && url.hash === '', 'must not have a query or a fragment')
    .transform((url) => toVersionedBaseUrl(url, type));

/** Whether a key is there; `keys` of the configuration has it. */
const presence = z
  .string()
  .optional()
  .transform((text) => text !== undefined);

const modelNames = z
  .string()
  .transform((text) => text.split(',').flatMap((name) => name.trim() || []))
  .pipe(z.array(z.string().max(200)).min(1).max(customModelsMax))
  .transform((names) => [...new Set(names)]);

const keyVariable = (name: string, vendor: string, aliases: readonly string[] = []) =>
  variable(name, presence, `${vendor} Further keys of the same account or others: ${name}_2 to ${name}_16.`, {
    aliases,
    isSecret: true,
  });

const baseUrlVariable = (name: string, vendor: string, type: ProviderType) =>
  variable(
    name,
    providerBaseUrl(type).default(defaultBaseUrl(type) ?? ''),
    `${vendor} address, with or without its version path.`,
  );

const vendorVariables = {
  hasOpenAiKey: keyVariable('OPENAI_API_KEY', "OpenAI's API key; makes the provider `openai`."),
  openAiBaseUrl: baseUrlVariable('OPENAI_BASE_URL', "OpenAI's", 'OpenAI'),
  openAiChatApi: variable(
    'OPENAI_CHAT_API',
    z.enum(openAiApis).optional(),
    'The only API for chats that the server at OPENAI_BASE_URL has; unset, each request goes by the one that serves it best.',
  ),
  hasAnthropicKey: keyVariable('ANTHROPIC_API_KEY', "Anthropic's API key; makes the provider `anthropic`."),
  anthropicBaseUrl: baseUrlVariable('ANTHROPIC_BASE_URL', "Anthropic's", 'Anthropic'),
  hasGoogleKey: keyVariable('GOOGLE_API_KEY', "Gemini's API key; makes the provider `google`.", ['GOOGLE_AI_API_KEY']),
  googleBaseUrl: variable(
    'GOOGLE_BASE_URL',
    providerBaseUrl('Gemini').default(defaultBaseUrl('Gemini') ?? ''),
    "Gemini's address, with or without its version path.",
    { aliases: ['GOOGLE_AI_BASE_URL'] },
  ),
  hasCohereKey: keyVariable('COHERE_API_KEY', "Cohere's API key; makes the provider `cohere`."),
  cohereBaseUrl: baseUrlVariable('COHERE_BASE_URL', "Cohere's", 'Cohere'),
  hasOpenRouterKey: keyVariable('OPENROUTER_API_KEY', "OpenRouter's API key; makes the provider `openrouter`."),
  openRouterBaseUrl: baseUrlVariable('OPENROUTER_BASE_URL', "OpenRouter's", 'OpenRouter'),
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
  customBaseUrl: variable(
    'CUSTOM_BASE_URL',
    providerBaseUrl('OpenAICompatible').optional(),
    'Address of one more server that speaks as OpenAI does, with or without its version path.',
  ),
  hasCustomKey: keyVariable('CUSTOM_API_KEY', 'API key of that server; unset where it needs none.'),
  customName: variable('CUSTOM_NAME', providerName.default('custom'), 'Name of that server as a provider.'),
  customModels: variable('CUSTOM_MODELS', modelNames.optional(), "That server's models, separated by commas."),
  customDisconnect: variable(
    'CUSTOM_DISCONNECT',
    z.enum(disconnectPolicies).optional(),
    'What becomes of a call to that server after its client left: `drain` (the default) reads the answer on for a bounded time, so that its usage is exact; `abort` cancels it and charges by estimate. Set `abort` if the server stops at once and is your own.',
  ),
  customPrices: variable(
    'CUSTOM_PRICES',
    pricesByModel.optional(),
    'What those models cost, in USD per million tokens: {"<model>": {"input": "0.15", "output": "0.60"}}; more names are `reasoning`, `cacheRead`, `cacheWrite5m`, `cacheWrite1h`, `audioIn`, `audioOut`, `imageIn`, `imageOut` (tokens of pictures), `images` (of a million pictures: "40000" is $0.04 each) and `requests` (of a million requests); {"above": {"inputTokens": 200000, "price": {…}}} is the whole price of a request with more input. A model without "output" makes embeddings, or pictures if it has a price for them; a model that is not here has no price and is refused.',
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
  const config = { ...readConfig(providerOrchestratorVariables, environment), keys };
  const faults = [
    ...Object.values(keys).flatMap(findKeyFaults),
    ...findYandexFaults(config),
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
  const { customBaseUrl, customName, customModels, customPrices, keys } = config;
  if (customBaseUrl === undefined) {
    const alone = customModels !== undefined || customPrices !== undefined || keys.custom.length > 0;
    return alone ? ['CUSTOM_BASE_URL: must be set where CUSTOM_API_KEY, CUSTOM_MODELS or CUSTOM_PRICES is'] : [];
  }
  if (customModels === undefined) return ['CUSTOM_MODELS: must name the models of CUSTOM_BASE_URL'];
  const faults = [...(customPrices?.keys() ?? [])]
    .filter((model) => !customModels.includes(model))
    .map((model) => `CUSTOM_PRICES: '${model}' is not among CUSTOM_MODELS`);
  const isTaken = customName === 'mock' || (customName !== 'custom' && Object.hasOwn(keyVariables, customName));
  if (isTaken) faults.push(`CUSTOM_NAME: '${customName}' is taken`);
  faults.push(...findPriceFaults('CUSTOM_PRICES', 'OpenAICompatible', customPrices));
  return faults;
}
