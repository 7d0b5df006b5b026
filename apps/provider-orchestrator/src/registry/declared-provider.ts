import type { ModelCapability, Operation, ProviderType, Rates } from '@aggregator/contracts';

/** A provider as its owner declares it, before it is in the registry. */
export interface DeclaredProvider {
  name: string;
  type: ProviderType;
  /** With its version path, without a trailing slash. */
  baseUrl: string;
  /** Where the proxy finds its credentials: `env:<NAME>` each, or `none` alone. */
  credentialRefs: readonly string[];
  /** Options that only this type of provider needs: `folder` for Yandex. */
  options: Readonly<Record<string, string>>;
  /** Most requests that one proxy has open there; absent or null: the proxy's own bound. */
  concurrencyMax?: number | null;
  models: readonly DeclaredModel[];
}

export interface DeclaredModel {
  id: string;
  operations: readonly Operation[];
  /** Tokens. */
  contextLength: number;
  /** Tokens; an upper bound. Null for operations that generate none. */
  maxOutputTokens: number | null;
  capabilities: readonly ModelCapability[];
  /** Milliseconds; null: the proxy's own. */
  firstLifeMs: number | null;
  /** Null where we cannot say exactly what a request costs; such a model is refused, never free. */
  price: { rates: Rates; source: string } | null;
}
