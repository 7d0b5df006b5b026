import { drainFinalizer } from '@aggregator/contracts';
import { type KubernetesConnection, KubernetesError, patchFinalizers } from '@aggregator/kubernetes';
import { z } from 'zod';
import { providerKind } from '../watch/kinds.ts';
import type { ObjectMetadata } from '../watch/read-object.ts';

const patched = z.object({ metadata: z.object({ resourceVersion: z.string() }) });

export function hasFinalizer({ finalizers = [] }: ObjectMetadata): boolean {
  return finalizers.includes(drainFinalizer);
}

/**
 * Sets or takes off our finalizer, provided that the object is as we know it. Answers its new version; null where it has
 * changed or is gone, and the cache will tell.
 */
export async function keepFinalizer(
  connection: KubernetesConnection,
  metadata: ObjectMetadata,
  isWanted: boolean,
  signal: AbortSignal,
): Promise<string | null> {
  const others = (metadata.finalizers ?? []).filter((finalizer) => finalizer !== drainFinalizer);
  const finalizers = isWanted ? [...others, drainFinalizer] : others;
  try {
    const answer = await patchFinalizers(connection, providerKind, metadata, finalizers, { signal });
    return patched.parse(answer).metadata.resourceVersion;
  } catch (error) {
    if (error instanceof KubernetesError && (error.status === 404 || error.status === 409)) return null;
    throw error;
  }
}
