import type { ProviderType } from '@aggregator/contracts';
import { type OptionRule, type ProviderAdapter, providerAdapters, type VendorEnvironment } from '@aggregator/providers';
import { type ConfigShape, type Environment, readConfig, variable } from '@aggregator/service-kit';
import { type EnvironmentKey, findKeyFaults, readEnvironmentKeys } from '../credentials/environment-keys.ts';
import type { GivenPrices } from './catalogue/given-prices.ts';
import { findPriceFaults, pricesByModel } from './plain-rates.ts';
import { keyVariable, providerBaseUrl } from './provider-variables.ts';

/** The environment variables of one vendor. */
export interface VendorSettings {
  readonly type: ProviderType;
  /** Name of the provider: `openai`. */
  readonly name: string;
  /** Empty: the environment does not declare the provider. */
  readonly keys: readonly EnvironmentKey[];
  readonly baseUrl: string;
  readonly prices: GivenPrices | undefined;
  readonly options: Readonly<Record<string, string>>;
}

type Vendor = Pick<ProviderAdapter, 'type' | 'facts'> & { readonly environment: VendorEnvironment };

const vendors: readonly Vendor[] = providerAdapters.flatMap(({ type, facts }) =>
  facts.environment === undefined ? [] : [{ type, facts, environment: facts.environment }],
);

/** The variables of every vendor that the environment can declare, each by its name. */
export const vendorVariables: ConfigShape = Object.fromEntries(
  vendors
    .flatMap((vendor) => {
      const { key, baseUrl, prices } = variablesOf(vendor);
      return [key, baseUrl, ...Object.values(optionVariablesOf(vendor)), prices];
    })
    .map((each) => [each.name, each]),
);

/** Names of providers that a vendor, or the installation itself, has. */
export const vendorNames: ReadonlySet<string> = new Set(
  providerAdapters.flatMap(({ facts }) => facts.environment?.provider ?? facts.builtIn ?? []),
);

/**
 * Reads the vendors of the environment, those without a key, too.
 * @throws {ConfigError} with every fault of the variables.
 */
export function readVendors(environment: Environment): VendorSettings[] {
  return vendors.map((vendor) => {
    const variables = variablesOf(vendor);
    const { baseUrl, prices } = readConfig(variables, environment);
    const options: Record<string, string> = {};
    for (const [name, value] of Object.entries(readConfig(optionVariablesOf(vendor), environment))) {
      if (value !== undefined) options[name] = value;
    }
    return {
      type: vendor.type,
      name: vendor.environment.provider,
      keys: readEnvironmentKeys(environment, [variables.key.name, ...variables.key.aliases]),
      baseUrl,
      prices: prices && { rates: prices, source: variables.prices.name },
      options,
    };
  });
}

/** Returns what is wrong with the vendors together with their keys, as sentences. */
export function findVendorFaults(settings: readonly VendorSettings[]): string[] {
  return settings.flatMap(({ type, keys, prices, options }) => {
    const vendor = vendors.find((each) => each.type === type);
    const missing = vendor === undefined || keys.length === 0 ? [] : findMissing(vendor, options);
    const unpayable = prices === undefined ? [] : findPriceFaults(prices.source, type, prices.rates);
    return [...findKeyFaults(keys), ...unpayable, ...missing];
  });
}

function findMissing(vendor: Vendor, options: Readonly<Record<string, string>>): string[] {
  return Object.entries(vendor.facts.options ?? {}).flatMap(([name, { isRequired, variable }]) =>
    isRequired === true && variable !== undefined && options[name] === undefined
      ? [`${variable.name}: must be set if ${vendor.environment.prefix}_API_KEY is`]
      : [],
  );
}

function variablesOf({ type, facts, environment: { prefix, alias, title, provider } }: Vendor) {
  const aliasesFor = (ending: string) => (alias === undefined ? [] : [`${alias}_${ending}`]);
  return {
    key: keyVariable(
      `${prefix}_API_KEY`,
      `API key of ${title}; makes the provider \`${provider}\`.`,
      aliasesFor('API_KEY'),
    ),
    baseUrl: variable(
      `${prefix}_BASE_URL`,
      providerBaseUrl(type).default(facts.baseUrl ?? ''),
      `Address of ${title}, with or without its version path.`,
      { aliases: aliasesFor('BASE_URL') },
    ),
    prices: variable(`${prefix}_PRICES`, pricesByModel.optional(), describePrices(facts.models, title)),
  };
}

function describePrices(models: Vendor['facts']['models'], title: string): string {
  const unknown = 'is offered too.';
  if (models !== undefined && 'listId' in models) {
    return `What the models of ${title} cost here, as CUSTOM_PRICES has it; takes the place of their list prices. A model that is not in the list, or is retired, ${unknown}`;
  }
  const example = models?.models[0]?.id ?? '<model>';
  return `What the models of ${title} cost, as CUSTOM_PRICES has it: {"${example}": {"input": "…", "output": "…"}}. A model that is not here has no price and is refused; a further model that is here ${unknown}`;
}

function optionVariablesOf({ facts: { options = {} } }: Vendor) {
  return Object.fromEntries(
    Object.entries(options).flatMap(([option, { variable: own }]: [string, OptionRule]) =>
      own === undefined ? [] : [[option, variable(own.name, own.schema, own.description)] as const],
    ),
  );
}
