import { providerName } from '@aggregator/contracts';
import { compatibleType, mockType } from '@aggregator/providers';
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
import { type CustomServer, customServerName, readCustomServers } from './custom-servers/read-custom-servers.ts';
import { customVariables } from './custom-servers/variables.ts';
import { findPriceFaults } from './registry/plain-rates.ts';
import { providerBaseUrl } from './registry/provider-variables.ts';
import {
  findVendorFaults,
  readVendors,
  type VendorSettings,
  vendorNames,
  vendorVariables,
} from './registry/vendor-variables.ts';

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
    'A JSON file with prices of the price book, read at the start: {"prices": [{"provider": "openai", "model": "gpt-4o-mini", "price": {"input": "0.2", "output": "0.8"}}], "rules": [{"models": "openai/*", "multiplierPpm": 1250000}]}. It is all that the file ever said: what it says no more ends.',
  ),
  mockProvider: variable(
    'MOCK_PROVIDER',
    flag.optional(),
    'Whether the built-in mock provider is there; unset, it is where the environment names no other provider.',
  ),
  mockBaseUrl: variable(
    'MOCK_BASE_URL',
    providerBaseUrl(mockType).optional(),
    'Address of the mock provider; unset, the one that the proxy serves itself.',
  ),
} as const;

/** Keys of providers, which are looked at only to probe the providers with them; by the name of the provider. */
export type EnvironmentKeys = Readonly<Record<string, readonly EnvironmentKey[]>>;
export type ProviderOrchestratorConfig = ConfigOf<typeof providerOrchestratorVariables> & {
  readonly vendors: readonly VendorSettings[];
  readonly keys: EnvironmentKeys;
  readonly customServers: readonly CustomServer[];
  /** By what their variables begin with. */
  readonly tlsFiles: ReadonlyMap<string, TlsFiles>;
};

/** Throws ConfigError with every fault. */
export function readProviderOrchestratorConfig(environment: Environment): ProviderOrchestratorConfig {
  const own = readConfig(providerOrchestratorVariables, environment);
  const vendors = readVendors(environment);
  const { name, aliases } = customVariables.hasCustomKey;
  const customKeys = readEnvironmentKeys(environment, [name, ...aliases]);
  const keys = Object.fromEntries(vendors.map((vendor) => [vendor.name, vendor.keys]));
  const config = {
    ...own,
    vendors,
    keys: { ...keys, [customServerName]: customKeys },
    customServers: readCustomServers(environment),
    tlsFiles: readTlsFiles(environment),
  };
  const faults = [...findVendorFaults(vendors), ...findKeyFaults(customKeys), ...findCustomFaults(config, customKeys)];
  if (faults.length > 0) throw new ConfigError(faults);
  return config;
}

function findCustomFaults(config: ProviderOrchestratorConfig, keys: readonly EnvironmentKey[]): string[] {
  const { customBaseUrl, customModels, customPrices, customServers } = config;
  const isAlone = customModels !== undefined || customPrices !== undefined || keys.length > 0;
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
  const isTaken = vendorNames.has(name) || names.filter((one) => one === name).length > 1;
  const findUnknown = (variableName: string, models: Iterable<string>) =>
    [...models]
      .filter((model) => !customModels.includes(model))
      .map((model) => `${variableName}: '${model}' is not among ${prefix}_MODELS`);
  const lacksOutput = (model: string) => {
    const rates = customPrices?.get(model);
    return rates !== undefined && rates.outputText === undefined;
  };
  return [
    ...findUnknown(`${prefix}_PRICES`, customPrices?.keys() ?? []),
    ...findUnknown(`${prefix}_MODEL_DETAILS`, Object.keys(customModelDetails)),
    ...Object.entries(customModelDetails)
      .filter(([model, { operations }]) => operations?.includes('chat.completions') === true && lacksOutput(model))
      .map(([model]) => `${prefix}_PRICES: '${model}' answers chats, and needs a price of output`),
    ...(providerName.safeParse(name).success ? [] : [`${prefix}_NAME: '${name}' is no name of a provider`]),
    ...(isTaken ? [`${prefix}_NAME: '${name}' is taken`] : []),
    ...findPriceFaults(`${prefix}_PRICES`, compatibleType, customPrices ?? new Map()),
  ];
}
