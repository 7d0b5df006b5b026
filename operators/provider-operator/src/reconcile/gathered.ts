import type { ObservedPriceTable, ObservedProvider, ObservedRoute } from '../watch/read-object.ts';
import type { KeyReading } from './key-reading.ts';

export interface GatheredProvider {
  readonly object: ObservedProvider;
  /** One for each key of its spec. */
  readonly keys: readonly KeyReading[];
}

/** Labels of a namespace; null where they cannot be had. */
export type ReadNamespaceLabels = (namespace: string) => Readonly<Record<string, string>> | null;

/** Everything that a decision rests on, at one moment. What is decided is a function of this and of nothing else. */
export interface Gathered {
  readonly providers: readonly GatheredProvider[];
  readonly routes: readonly ObservedRoute[];
  /** Null if they cannot be read: nothing is known of them. */
  readonly priceTables: readonly ObservedPriceTable[] | null;
  readonly labelsOf: ReadNamespaceLabels;
}
