import { type Environment, Secret } from '@aggregator/service-kit';

/** A provider's key from an environment variable. */
export interface EnvironmentKey {
  /** `env:OPENAI_API_KEY`, by which the proxy finds it, too. */
  readonly ref: string;
  readonly secret: Secret;
}

const keysMax = 16;
const sendable = /^[\x21-\x2b\x2d-\x7e]{1,4096}$/;

/**
 * The keys of one provider: `<NAME>` and `<NAME>_2` to `<NAME>_16`, of the first of its names under which there is any,
 * without space around them. An empty text counts as unset.
 */
export function readEnvironmentKeys(environment: Environment, names: readonly string[]): EnvironmentKey[] {
  for (const name of names) {
    const variables = [name, ...Array.from({ length: keysMax - 1 }, (_, index) => `${name}_${index + 2}`)];
    const keys = variables.flatMap((variable) => {
      const text = environment[variable]?.trim() ?? '';
      return text === '' ? [] : [{ ref: `env:${variable}`, secret: new Secret(text) }];
    });
    if (keys.length > 0) return keys;
  }
  return [];
}

/** Faults of keys, by the names of their variables. Never contains a key. */
export function findKeyFaults(keys: readonly EnvironmentKey[]): string[] {
  return keys.flatMap(({ ref, secret }) =>
    sendable.test(secret.reveal())
      ? []
      : [
          `${ref.slice('env:'.length)}: must be one key without spaces or commas; further ones go into …_2 to …_${keysMax}`,
        ],
  );
}
