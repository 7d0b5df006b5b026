import type { KnownPlaceholders, RestoreMode } from './read-placeholder.ts';
import { PlaceholderRestorer, type Restorer } from './restorer.ts';

export type { RestoreMode } from './read-placeholder.ts';

/** The values behind the placeholders of one request. They live as long as the request, and are never stored. */
export interface Vault {
  /** Nothing was masked. */
  readonly isEmpty: boolean;
  /** How the text of the answer is written, as the request asked for it. */
  readonly contentMode: RestoreMode;
  /** A whole text with the values in it. */
  restore(text: string, mode?: RestoreMode): string;
  createRestorer(mode: RestoreMode): Restorer;
}

/** `values` by the names of their placeholders. */
export function createVault(values: ReadonlyMap<string, string>, contentMode: RestoreMode): Vault {
  const written: { text?: KnownPlaceholders; json?: KnownPlaceholders } = {};
  // Of many values each form takes milliseconds.
  const knownIn = (mode: RestoreMode) => {
    written[mode] ??= knownOf(mode === 'text' ? values : mapValues(values, escapeForJson));
    return written[mode];
  };
  return {
    isEmpty: values.size === 0,
    contentMode,
    restore(text, mode = 'text') {
      if (values.size === 0) return text;
      const restorer = new PlaceholderRestorer(knownIn(mode), mode);
      return restorer.push(text) + restorer.end();
    },
    createRestorer: (mode) => (values.size === 0 ? passThrough : new PlaceholderRestorer(knownIn(mode), mode)),
  };
}

const passThrough: Restorer = { push: (fragment) => fragment, end: () => '' };

function knownOf(values: ReadonlyMap<string, string>): KnownPlaceholders {
  const parts = Array.from(values.keys(), (name) => name.split('_'));
  return {
    values,
    labels: [...new Set(parts.map(([label = '']) => label))],
    digitsMax: parts.reduce((most, [, number = '']) => Math.max(most, number.length), 0),
  };
}

function mapValues(values: ReadonlyMap<string, string>, map: (value: string) => string): ReadonlyMap<string, string> {
  return new Map(Array.from(values, ([name, value]) => [name, map(value)]));
}

/** Returns the value as it is between the quotes of a JSON string. */
function escapeForJson(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}
