import { providerName, type Rates } from '@aggregator/contracts';
import { picoUsdPerTokenFromUsdPerMillion } from '@aggregator/pricing';
import {
  ConfigError,
  type ConfigOf,
  commonVariables,
  databaseUrlVariable,
  defaultPorts,
  type Environment,
  flag,
  integer,
  readConfig,
  variable,
} from '@aggregator/service-kit';
import { z } from 'zod';

const customModelsMax = 500;

/** A provider's address, with the version path put in where it was left out, and without a trailing slash. */
const providerBaseUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
  .max(2000)
  .transform((text) => new URL(text))
  .refine((url) => url.username === '' && url.password === '', 'must not hold a user name or password')
  .refine((url) => url.search === '' && url.hash === '', 'must not have a query or a fragment')
  .transform((url) => `${url.origin}${url.pathname === '/' ? '/v1' : url.pathname.replace(/\/+$/, '')}`);

/** Whether a secret is there. The secret itself is the proxy's; this service never holds one. */
const presence = z
  .string()
  .optional()
  .transform((text) => text !== undefined);

const modelNames = z
  .string()
  .transform((text) => text.split(',').flatMap((name) => name.trim() || []))
  .pipe(z.array(z.string().max(200)).min(1).max(customModelsMax))
  .transform((names) => [...new Set(names)]);

const usdPerMillion = z.string().transform((text, context): string => {
  try {
    return picoUsdPerTokenFromUsdPerMillion(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
    return z.NEVER;
  }
});

const customPrices = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'must be JSON' });
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string(), z.strictObject({ input: usdPerMillion, output: usdPerMillion.optional() })))
  .transform((prices) => new Map(Object.entries(prices).map(([model, price]) => [model, toCustomRates(price)])));

/** Plain prices say what a token costs, wherever the server took it from and whatever it was for. */
function toCustomRates({ input, output }: { input: string; output?: string | undefined }): Rates {
  if (output === undefined) return { inputUncached: input };
  return {
    inputUncached: input,
    cacheRead: input,
    cacheWrite5m: input,
    cacheWrite1h: input,
    outputText: output,
    outputReasoning: output,
  };
}

const unsupportedKey = (name: string, options: { aliases?: readonly string[] } = {}) =>
  variable(name, presence, 'Not supported in this version: the service says so once and goes on.', {
    ...options,
    isSecret: true,
  });

export const providerOrchestratorVariables = {
  ...commonVariables('provider-orchestrator', defaultPorts['provider-orchestrator']),
  databaseUrl: databaseUrlVariable('provider-orchestrator'),
  databaseConnectionsMax: variable(
    'PROVIDER_ORCHESTRATOR_DATABASE_CONNECTIONS_MAX',
    integer(2, 100).default(5),
    'Most connections that one orchestrator process opens to its database.',
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
  hasOpenAiKey: variable('OPENAI_API_KEY', presence, "OpenAI's API key; makes the provider `openai`.", {
    isSecret: true,
  }),
  openAiBaseUrl: variable(
    'OPENAI_BASE_URL',
    providerBaseUrl.default('https://api.openai.com/v1'),
    "OpenAI's address, with or without its version path.",
  ),
  customBaseUrl: variable(
    'CUSTOM_BASE_URL',
    providerBaseUrl.optional(),
    'Address of one more server that speaks as OpenAI does, with or without its version path.',
  ),
  hasCustomKey: variable('CUSTOM_API_KEY', presence, 'API key of that server; unset where it needs none.', {
    isSecret: true,
  }),
  customName: variable('CUSTOM_NAME', providerName.default('custom'), 'Name of that server as a provider.'),
  customModels: variable('CUSTOM_MODELS', modelNames.optional(), "That server's models, separated by commas."),
  customPrices: variable(
    'CUSTOM_PRICES',
    customPrices.optional(),
    'What those models cost, in USD per million tokens: {"<model>": {"input": "0.15", "output": "0.60"}}. A model without "output" makes embeddings; a model that is not here has no price and is refused.',
  ),
  mockProvider: variable(
    'MOCK_PROVIDER',
    flag.optional(),
    'Whether the built-in mock provider is there; unset, it is where the environment names no other provider.',
  ),
  mockBaseUrl: variable(
    'MOCK_BASE_URL',
    providerBaseUrl.optional(),
    'Address of the mock provider; unset, the one that the proxy serves itself.',
  ),
  hasAnthropicKey: unsupportedKey('ANTHROPIC_API_KEY'),
  hasGoogleKey: unsupportedKey('GOOGLE_API_KEY', { aliases: ['GOOGLE_AI_API_KEY'] }),
  hasCohereKey: unsupportedKey('COHERE_API_KEY'),
  hasOpenRouterKey: unsupportedKey('OPENROUTER_API_KEY'),
  hasYandexKey: unsupportedKey('YANDEX_API_KEY'),
} as const;

export type ProviderOrchestratorConfig = ConfigOf<typeof providerOrchestratorVariables>;

/** Throws ConfigError with every fault. */
export function readProviderOrchestratorConfig(environment: Environment): ProviderOrchestratorConfig {
  const config = readConfig(providerOrchestratorVariables, environment);
  const faults = findCustomFaults(config);
  if (faults.length > 0) throw new ConfigError(faults);
  return config;
}

function findCustomFaults(config: ProviderOrchestratorConfig): string[] {
  const { customBaseUrl, customName, customModels, customPrices } = config;
  if (customBaseUrl === undefined) {
    const alone = customModels !== undefined || customPrices !== undefined || config.hasCustomKey;
    return alone ? ['CUSTOM_BASE_URL: must be set where CUSTOM_API_KEY, CUSTOM_MODELS or CUSTOM_PRICES is'] : [];
  }
  if (customModels === undefined) return ['CUSTOM_MODELS: must name the models of CUSTOM_BASE_URL'];
  const faults = [...(customPrices?.keys() ?? [])]
    .filter((model) => !customModels.includes(model))
    .map((model) => `CUSTOM_PRICES: '${model}' is not among CUSTOM_MODELS`);
  if (customName === 'openai' || customName === 'mock') faults.push(`CUSTOM_NAME: '${customName}' is taken`);
  return faults;
}

/** Names of the keys that are set although this version has no adapter for their vendors. */
export function listUnsupportedKeys(config: ProviderOrchestratorConfig): string[] {
  const { hasAnthropicKey, hasGoogleKey, hasCohereKey, hasOpenRouterKey, hasYandexKey } = providerOrchestratorVariables;
  const present: (readonly [isPresent: boolean, name: string])[] = [
    [config.hasAnthropicKey, hasAnthropicKey.name],
    [config.hasGoogleKey, hasGoogleKey.name],
    [config.hasCohereKey, hasCohereKey.name],
    [config.hasOpenRouterKey, hasOpenRouterKey.name],
    [config.hasYandexKey, hasYandexKey.name],
  ];
  return present.flatMap(([isPresent, name]) => (isPresent ? [name] : []));
}
