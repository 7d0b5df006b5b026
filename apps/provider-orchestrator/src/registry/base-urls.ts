import type { ProviderType } from '@aggregator/contracts';
import { adapterFor } from '@aggregator/providers';

/** With the version path added if it was left out, and without a trailing slash. Another path stays as it is. */
export function toVersionedBaseUrl(url: URL, type: ProviderType): string {
  const { versionPath } = adapterFor(type).facts;
  const path = url.pathname.replace(/\/+$/, '');
  return url.origin + (versionPath.startsWith(`${path}/`) ? versionPath : path);
}
