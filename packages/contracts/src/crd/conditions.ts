import { z } from 'zod';

/** API group and version of all our custom resources, and the field manager of our writes to their status. */
export const crdGroup = 'aggregator.dev';
export const crdVersion = 'v1alpha1';
export const crdApiVersion = `${crdGroup}/${crdVersion}`;
export const operatorFieldManager = 'aggregator-operator';

/** On a Secret: the operator hears of its changes at once. Others are looked at once a minute. */
export const credentialLabel = 'aggregator.dev/credential';
/** On a Provider or ModelRoute that is being deleted: `true` lets it go without waiting for requests in flight. */
export const skipDrainAnnotation = 'aggregator.dev/skip-drain';
export const drainFinalizer = 'aggregator.dev/drain';

/** Which installation a resource belongs to, as an Ingress names its class. */
export const className = z.string().min(1).max(63).default('default').meta({
  description: 'The installation that owns this resource; it cannot be changed.',
});

/** A Kubernetes name within a namespace, as references have them. */
export const objectName = z.string().min(1).max(253);
export const namespaceName = z.string().min(1).max(63);

/** Source: Kubernetes API conventions, "Typical status properties". */
export const condition = z.object({
  type: z.string().max(316),
  status: z.enum(['True', 'False', 'Unknown']),
  observedGeneration: z.int().min(0).optional(),
  lastTransitionTime: z.iso.datetime(),
  reason: z
    .string()
    .min(1)
    .max(1024)
    .regex(/^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/),
  message: z.string().max(32_768),
});
export type Condition = z.infer<typeof condition>;

export const conditions = z
  .array(condition)
  .max(8)
  .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] });

/** Which proxies serve the generation; `summary` is what `kubectl get` shows: `3/3`. */
export const programmed = z.object({
  generation: z.int().min(0).optional(),
  /** `<epoch>.<version>` of the routing snapshot that this generation became part of. */
  snapshotVersion: z.string().max(64).optional(),
  desired: z.int().min(0),
  applied: z.int().min(0),
  rejected: z.int().min(0),
  summary: z.string().max(64),
});
export type Programmed = z.infer<typeof programmed>;
