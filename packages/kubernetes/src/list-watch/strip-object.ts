import type { WireObject } from './wire.ts';

/** kubectl keeps the whole object in it, a Secret's data included. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * Leaves out what no reader uses and what weighs most: who manages which field, and kubectl's copy of the object. For
 * `metadataOnly` everything but metadata is removed, also if the API server sent it. Items of a list do not carry their
 * kind.
 */
export function stripObject(
  object: WireObject,
  options: { apiVersion: string; kind: string; metadataOnly: boolean },
): WireObject {
  const { managedFields: _, annotations, ...metadata } = object.metadata;
  const kept = Object.entries(annotations ?? {}).filter(([name]) => name !== lastApplied);
  return {
    ...(options.metadataOnly ? {} : object),
    apiVersion: options.apiVersion,
    kind: options.kind,
    metadata: { ...metadata, ...(kept.length === 0 ? {} : { annotations: Object.fromEntries(kept) }) },
  };
}
