import { ConfigError, type ConfigOf, type Environment, readConfig } from '@aggregator/service-kit';
import { type EnvironmentKey, findKeyFaults, readEnvironmentKeys } from '../credentials/environment-keys.ts';
import { customVariables } from './variables.ts';

/** A compatible server that the environment declares. */
export interface CustomServer extends ConfigOf<typeof customVariables> {
  /** The prefix of its variables: `CUSTOM`, or `CUSTOM_<NAME>`. */
  readonly prefix: string;
  readonly name: string;
  readonly baseUrl: string;
  readonly keys: readonly EnvironmentKey[];
}

const customPrefix = 'CUSTOM';
/** Name of the provider of `CUSTOM_BASE_URL`, unless CUSTOM_NAME is set. */
export const customServerName = 'custom';
const serversMax = 16;
const baseUrlOfServer = /^CUSTOM_([A-Z0-9](?:[A-Z0-9_]*[A-Z0-9])?)_BASE_URL$/;

/**
 * Reads the servers of the environment: that of `CUSTOM_BASE_URL` first, the others by name.
 * @throws {ConfigError} with every fault, by the names of their variables.
 */
export function readCustomServers(environment: Environment): CustomServer[] {
  const further = Object.keys(environment)
    .filter((name) => environment[name])
    .flatMap((name) => baseUrlOfServer.exec(name)?.[1] ?? [])
    .sort();
  const prefixes = [
    ...(environment[`${customPrefix}_BASE_URL`] ? [customPrefix] : []),
    ...further.map((name) => `${customPrefix}_${name}`),
  ];
  if (prefixes.length > serversMax) {
    throw new ConfigError([`CUSTOM_<NAME>_BASE_URL: at most ${serversMax} servers can be set by the environment`]);
  }
  const faults: string[] = [];
  const servers = prefixes.flatMap((prefix): CustomServer[] => {
    const rename = (name: string) => prefix + name.slice(customPrefix.length);
    const own = Object.values(customVariables).map(({ name }) => [name, environment[rename(name)]] as const);
    try {
      const config = readConfig(customVariables, Object.fromEntries(own));
      const keys = readEnvironmentKeys(environment, [`${prefix}_API_KEY`]);
      faults.push(...findKeyFaults(keys));
      const name =
        config.customName ??
        prefix
          .replace(/^CUSTOM_/, '')
          .toLowerCase()
          .replaceAll('_', '-');
      return [{ ...config, prefix, name, baseUrl: config.customBaseUrl ?? '', keys }];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      faults.push(...error.faults.map((fault) => fault.replace(/^CUSTOM_[A-Z_]*/, rename)));
      return [];
    }
  });
  if (faults.length > 0) throw new ConfigError(faults);
  return servers;
}
