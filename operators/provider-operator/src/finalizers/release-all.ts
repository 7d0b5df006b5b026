import { drainFinalizer } from '@aggregator/contracts';
import { type KubernetesConnection, KubernetesError, patchFinalizers, resourcePath } from '@aggregator/kubernetes';
import { z } from 'zod';
import { providerKind } from '../watch/kinds.ts';

const providers = z.object({
  metadata: z.object({ continue: z.string().optional() }),
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        namespace: z.string(),
        resourceVersion: z.string(),
        finalizers: z.array(z.string()).optional(),
      }),
      spec: z.object({ className: z.string().default('default') }),
    }),
  ),
});
type Provider = z.infer<typeof providers>['items'][number];

const pageSize = 100;
const roundsMax = 5;

/**
 * Takes our finalizer off every Provider of a class: for an installation that is gone together with the operator that
 * would release them. The resources stay as they are. Answers how many there were. Throws where some could not be
 * changed.
 */
export async function releaseAll(
  connection: KubernetesConnection,
  options: { readonly className: string; readonly namespaces: readonly string[] | null; readonly signal: AbortSignal },
): Promise<number> {
  let released = 0;
  for (let round = 1; round <= roundsMax; round += 1) {
    const held = await findHeld(connection, options);
    if (held.length === 0) return released;
    for (const provider of held) if (await release(connection, provider, options.signal)) released += 1;
  }
  throw new Error(`Providers were changed by another client ${roundsMax} times in a row`);
}

async function findHeld(
  connection: KubernetesConnection,
  { className, namespaces, signal }: Parameters<typeof releaseAll>[1],
): Promise<Provider[]> {
  const held: Provider[] = [];
  for (const namespace of namespaces ?? [undefined]) {
    let next: string | undefined;
    do {
      const query = { limit: String(pageSize), ...(next !== undefined && { continue: next }) };
      const path = resourcePath(providerKind, { namespace });
      const page = providers.parse(await connection.request({ method: 'GET', path, query, signal }));
      const { items } = page;
      held.push(...items.filter(({ metadata, spec }) => spec.className === className && isHeld(metadata)));
      next = page.metadata.continue || undefined;
    } while (next !== undefined);
  }
  return held;
}

const isHeld = ({ finalizers = [] }: Provider['metadata']) => finalizers.includes(drainFinalizer);

/** False where it has changed meanwhile: the next round looks again. */
async function release(
  connection: KubernetesConnection,
  { metadata }: Provider,
  signal: AbortSignal,
): Promise<boolean> {
  const others = (metadata.finalizers ?? []).filter((finalizer) => finalizer !== drainFinalizer);
  try {
    await patchFinalizers(connection, providerKind, metadata, others, { signal });
    return true;
  } catch (error) {
    if (error instanceof KubernetesError && (error.status === 404 || error.status === 409)) return false;
    throw error;
  }
}
