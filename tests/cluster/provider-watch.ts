import { crdGroup, crdVersion, providerStatus } from '@aggregator/contracts';
import { createResourceCache, type KubernetesConnection, type ResourceCache } from '@aggregator/kubernetes';
import { z } from 'zod';

const object = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string(), uid: z.string(), generation: z.number() }).loose(),
  status: providerStatus.optional(),
});

/** A Provider as the API server last reported it. */
export type SeenProvider = z.infer<typeof object>;

export interface ProviderWatch {
  /** The newest state of a provider; undefined before the first. */
  latest(name: string): SeenProvider | undefined;
  close(): Promise<void>;
}

/** Follows every Provider of a namespace. */
export async function watchProviders(connection: KubernetesConnection, namespace: string): Promise<ProviderWatch> {
  const cache: ResourceCache<SeenProvider> = createResourceCache({
    connection,
    kind: { group: crdGroup, version: crdVersion, plural: 'providers', kind: 'Provider' },
    namespaces: [namespace],
    parse: (found) => object.parse(found),
  });
  cache.start();
  await cache.whenSynced();
  return {
    latest: (name) => cache.get(namespace, name),
    close: () => cache.close(),
  };
}
