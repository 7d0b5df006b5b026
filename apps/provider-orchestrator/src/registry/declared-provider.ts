import type { ProviderType } from '@aggregator/contracts';
import type { KnownModel } from '@aggregator/providers';

/** A provider as its owner declares it, before it is in the registry. */
export interface DeclaredProvider {
  name: string;
  type: ProviderType;
  /** With its version path, without a trailing slash. */
  baseUrl: string;
  /** References to its credentials for the proxy: `env:<NAME>` each, or `none` alone. */
  credentialRefs: readonly string[];
  /** Options that only this type of provider needs: `folder` for Yandex. */
  options: Readonly<Record<string, string>>;
  /** Most requests that one proxy has open there; absent or null: the proxy's own bound. */
  concurrencyMax?: number | null;
  models: readonly DeclaredModel[];
}

/** A model as its owner declares it, or as it is known. */
export type DeclaredModel = KnownModel;
