import { z } from 'zod';
import type { KubernetesConnection, ResourceKey, ResourceKind } from '../port.ts';
import { apiVersionOf, resourcePath } from '../resource-path.ts';

const named = z.looseObject({
  metadata: z.looseObject({ name: z.string().min(1), namespace: z.string().optional() }),
});

export interface ApplyOptions {
  readonly fieldManager: string;
  /** Takes fields over from other managers, if it would fail with 409 otherwise. */
  readonly force?: boolean;
  readonly subresource?: 'status';
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Server-side apply: the fields of `object` become as they are there, those applied before and now missing go, those of
 * others stay. Creates what is missing, a subresource excepted (404). A resourceVersion in its metadata must match,
 * else 409; that is the only guard for a status, whose uid the API server does not look at: without it a status may
 * land on an object that was made again under the same name.
 */
export function applyResource(
  connection: KubernetesConnection,
  kind: ResourceKind,
  object: unknown,
  options: ApplyOptions,
): Promise<unknown> {
  const { metadata, ...rest } = named.parse(object);
  const { fieldManager, force = false, subresource, deadlineMs, signal } = options;
  return connection.request({
    method: 'PATCH',
    path: resourcePath(kind, { namespace: metadata.namespace, name: metadata.name, subresource }),
    query: { fieldManager, force: String(force) },
    body: { ...rest, apiVersion: apiVersionOf(kind), kind: kind.kind, metadata },
    // JSON is YAML, and this type is known to API servers of every age.
    contentType: 'application/apply-patch+yaml',
    priority: subresource === 'status' ? 'high' : 'normal',
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/**
 * Sets an object's finalizers, provided that it has not changed since it was read; else throws KubernetesError 409. A
 * merge patch that names the version: a JSON patch's `test` fails with 422, which says nothing about why.
 */
export function patchFinalizers(
  connection: KubernetesConnection,
  kind: ResourceKind,
  at: ResourceKey & { readonly resourceVersion: string; readonly uid?: string },
  finalizers: readonly string[],
  options: { signal?: AbortSignal } = {},
): Promise<unknown> {
  const { namespace, name, resourceVersion, uid } = at;
  return connection.request({
    method: 'PATCH',
    path: resourcePath(kind, { namespace, name }),
    body: { metadata: { resourceVersion, finalizers, ...(uid === undefined ? {} : { uid }) } },
    contentType: 'application/merge-patch+json',
    ...options,
  });
}
