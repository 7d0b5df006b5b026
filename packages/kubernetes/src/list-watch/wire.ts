import { z } from 'zod';

/**
 * As much of an object's metadata as a cache lives by (https://kubernetes.io/docs/reference/using-api/api-concepts,
 * 2026-11).
 */
export const wireObject = z.looseObject({
  metadata: z.looseObject({
    name: z.string().min(1),
    namespace: z.string().nullish(),
    uid: z.string().nullish(),
    resourceVersion: z.string().nullish(),
    annotations: z.record(z.string(), z.string()).nullish(),
  }),
});
export type WireObject = z.output<typeof wireObject>;

export const wireList = z.object({
  metadata: z.object({ resourceVersion: z.string().nullish(), continue: z.string().nullish() }),
  items: z.array(z.unknown()).nullish(),
});

export const wireEvent = z.object({
  type: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']),
  object: z.looseObject({
    metadata: z.looseObject({ resourceVersion: z.string().nullish() }).nullish(),
  }),
});

export const metadataListAccept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
export const metadataAccept = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
