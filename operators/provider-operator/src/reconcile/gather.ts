import type { DeclaredCredential } from '@aggregator/contracts';
import type { Watches } from '../watch/open-watches.ts';
import type { CredentialReader } from './credential-reader.ts';
import type { Gathered, ReadNamespaceLabels } from './gathered.ts';

const labelsWaitMs = 5000;

export interface GatherParts {
  readonly watches: Watches;
  readonly reader: CredentialReader;
  readonly className: string;
}

/** Everything of our class, at this moment, and the keys that have to be handed over. */
export async function gather(
  { watches, reader, className }: GatherParts,
  signal: AbortSignal,
): Promise<{ gathered: Gathered; toHandOver: readonly DeclaredCredential[] }> {
  const isOurs = (object: { readonly className: string }) => object.className === className;
  const providers = watches.providers.list().filter(isOurs);
  const standing = providers.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const { keys, toHandOver } = await reader.read(standing, signal);
  const usesSelector = standing.some(({ spec }) => spec?.allowedRoutes.from === 'Selector');
  const gathered: Gathered = {
    providers: providers.map((object) => ({ object, keys: keys.get(object.metadata.uid) ?? [] })),
    routes: watches.routes.list().filter(isOurs),
    priceTables: watches.priceTables.hasSynced ? watches.priceTables.list().filter(isOurs) : null,
    labelsOf: usesSelector ? await readLabels(watches, signal) : () => null,
  };
  return { gathered, toHandOver };
}

/**
 * Labels of namespaces, which are watched from the first question on. If they cannot be read, no namespace has
 * any: a selector then admits no namespace, rather than every one.
 */
async function readLabels({ namespaces }: Watches, signal: AbortSignal): Promise<ReadNamespaceLabels> {
  if (namespaces === null) return () => null;
  namespaces.start();
  await namespaces.whenSettled(AbortSignal.any([signal, AbortSignal.timeout(labelsWaitMs)]));
  signal.throwIfAborted();
  return (name) => namespaces.get('', name)?.labels ?? null;
}
