import { drainFinalizer, type ProviderStatus } from '@aggregator/contracts';
import { type KubernetesConnection, KubernetesError, patchFinalizers } from '@aggregator/kubernetes';
import { z } from 'zod';
import type { StatusWriter } from '../status/write-conditions.ts';
import { providerKind } from '../watch/kinds.ts';
import type { ObjectMetadata, ObservedProvider } from '../watch/read-object.ts';

const patched = z.object({ metadata: z.object({ resourceVersion: z.string() }) });

export function hasFinalizer({ finalizers = [] }: ObjectMetadata): boolean {
  return finalizers.includes(drainFinalizer);
}

/**
 * Sets or takes off our finalizer, provided that the object is as we know it. False where it has changed or is gone:
 * then the cache will report it, and this is tried again.
 */
export async function keepFinalizer(
  options: {
    readonly connection: KubernetesConnection;
    readonly writer: StatusWriter<ProviderStatus>;
    readonly object: ObservedProvider;
    readonly isWanted: boolean;
  },
  signal: AbortSignal,
): Promise<boolean> {
  const { connection, writer, object, isWanted } = options;
  const { namespace, name, uid, finalizers = [] } = object.metadata;
  const others = finalizers.filter((finalizer) => finalizer !== drainFinalizer);
  const wanted = isWanted ? [...others, drainFinalizer] : others;
  const at = { namespace, name, uid, resourceVersion: writer.versionOf(object) };
  try {
    const answer = patched.parse(await patchFinalizers(connection, providerKind, at, wanted, { signal }));
    writer.noteVersion(uid, answer.metadata.resourceVersion);
    return true;
  } catch (error) {
    if (error instanceof KubernetesError && (error.status === 404 || error.status === 409)) return false;
    throw error;
  }
}
