import type { Operation, ProviderType, Rates } from '@aggregator/contracts';

/** A provider as somebody declares it, before it stands in the registry. */
export interface DeclaredProvider {
  name: string;
  type: ProviderType;
  /** With its version path, without a trailing slash. */
  baseUrl: string;
  /** Where the proxy finds the credential: `env:<NAME>` or `none`. */
  credentialRef: string;
  models: readonly DeclaredModel[];
}

export interface DeclaredModel {
  id: string;
  operations: readonly Operation[];
  /** Tokens. */
  contextLength: number;
  /** Tokens; an upper bound. Null for operations that generate none. */
  maxOutputTokens: number | null;
  capabilities: readonly string[];
  /** Null where we cannot say exactly what a request costs; such a model is refused, never free. */
  price: { rates: Rates; source: string } | null;
}
