import { type KubernetesConnection, KubernetesError, type ResourceKind } from '../port.ts';
import { resourcePath } from '../resource-path.ts';
import { metadataListAccept, type WireObject, wireList, wireObject } from './wire.ts';

const pageSize = 500;
const pageDeadlineMs = 30_000;

export interface Selection {
  readonly connection: KubernetesConnection;
  readonly kind: ResourceKind;
  /** Null for all of them. */
  readonly namespace: string | null;
  readonly labelSelector: string | undefined;
  readonly fieldSelector: string | undefined;
  readonly metadataOnly: boolean;
}

export function selectorQuery({ labelSelector, fieldSelector }: Selection): Record<string, string> {
  return {
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  };
}

/**
 * Returns all objects, read page by page, and the version to watch from. We send no resourceVersion, so the answer is
 * the newest state: a list never takes a cache back in time. Throws KubernetesError 410 if the pages expired on the
 * way.
 */
export async function listAll(
  selection: Selection,
  options: { objectsMax: number; signal: AbortSignal; onPage(): void },
): Promise<{ objects: WireObject[]; resourceVersion: string }> {
  const objects: WireObject[] = [];
  let next = '';
  let resourceVersion = '';
  do {
    const page = await readPage(selection, next, options.signal);
    options.onPage();
    // All pages show the moment of the first one.
    if (resourceVersion === '') resourceVersion = page.metadata.resourceVersion ?? '';
    for (const item of page.items ?? []) objects.push(wireObject.parse(item));
    if (objects.length > options.objectsMax) {
      throw new KubernetesError(0, 'TooMany', `more than ${options.objectsMax} ${selection.kind.plural}`);
    }
    next = page.metadata.continue ?? '';
  } while (next !== '');
  return { objects, resourceVersion };
}

async function readPage(selection: Selection, next: string, signal: AbortSignal) {
  const answer = await selection.connection.request({
    method: 'GET',
    path: resourcePath(selection.kind, { namespace: selection.namespace ?? undefined }),
    query: { ...selectorQuery(selection), limit: String(pageSize), ...(next === '' ? {} : { continue: next }) },
    deadlineMs: pageDeadlineMs,
    signal,
    ...(selection.metadataOnly ? { accept: metadataListAccept } : {}),
  });
  return wireList.parse(answer);
}
