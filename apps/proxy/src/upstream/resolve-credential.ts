import { AppError } from '@aggregator/contracts';

const environmentPrefix = 'env:';

/**
 * The credential behind a reference of the snapshot; null for a provider that needs none. Throws `upstream_misconfigured`
 * where this proxy does not have it.
 */
export function resolveCredential(credentials: ReadonlyMap<string, string>, reference: string): string | null {
  if (!reference.startsWith(environmentPrefix)) return null;
  const name = reference.slice(environmentPrefix.length);
  const credential = credentials.get(name);
  if (credential === undefined) throw new AppError('upstream_misconfigured', { internal: `${name} is not set` });
  return credential;
}
