import { z } from 'zod';
import { type Manifest, ofKind } from './render-chart.ts';

const environmentSchema = z.looseObject({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z
    .looseObject({ secretKeyRef: z.looseObject({ name: z.string(), key: z.string() }).optional() })
    .optional(),
});

const containerSchema = z.looseObject({
  name: z.string(),
  image: z.string(),
  env: z.array(environmentSchema).default([]),
  envFrom: z.array(z.looseObject({ configMapRef: z.looseObject({ name: z.string() }).optional() })).default([]),
  ports: z.array(z.looseObject({ name: z.string(), containerPort: z.int() })).default([]),
  resources: z.looseObject({
    requests: z.looseObject({ cpu: z.string(), memory: z.string() }),
    limits: z.looseObject({ memory: z.string() }),
  }),
  securityContext: z.looseObject({ readOnlyRootFilesystem: z.boolean().optional() }),
  volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })).default([]),
});

const podSchema = z.looseObject({
  serviceAccountName: z.string().optional(),
  automountServiceAccountToken: z.boolean(),
  terminationGracePeriodSeconds: z.int().optional(),
  initContainers: z.array(containerSchema).default([]),
  containers: z.array(containerSchema),
  volumes: z.array(z.looseObject({ name: z.string() })).default([]),
});

const workloadSchema = z.looseObject({
  replicas: z.int().optional(),
  template: z.looseObject({
    metadata: z.looseObject({
      labels: z.record(z.string(), z.string()),
      annotations: z.record(z.string(), z.string()).default({}),
    }),
    spec: podSchema,
  }),
});

export interface PodOf {
  owner: Manifest;
  replicas: number | undefined;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  spec: z.output<typeof podSchema>;
  containers: z.output<typeof containerSchema>[];
}

/** The pod that each Deployment, StatefulSet and Job makes. */
export function readPods(manifests: readonly Manifest[]): PodOf[] {
  return ['Deployment', 'StatefulSet', 'Job']
    .flatMap((kind) => ofKind(manifests, kind))
    .map((owner) => {
      const { replicas, template } = workloadSchema.parse(owner.spec);
      const { spec, metadata } = template;
      return { owner, replicas, ...metadata, spec, containers: [...spec.initContainers, ...spec.containers] };
    });
}

/** What a container gets out of its ConfigMaps and its own list; a Secret's value stands as `secret:<name>/<key>`. */
export function readEnvironment(
  manifests: readonly Manifest[],
  container: PodOf['containers'][number],
): Record<string, string> {
  const fromMaps = container.envFrom.flatMap(({ configMapRef }) =>
    ofKind(manifests, 'ConfigMap')
      .filter(({ metadata }) => metadata.name === configMapRef?.name)
      .flatMap(({ data }) => Object.entries(z.record(z.string(), z.string()).parse(data))),
  );
  const own = container.env.map(({ name, value, valueFrom }) => {
    const secret = valueFrom?.secretKeyRef;
    return [name, value ?? (secret === undefined ? 'of the pod' : `secret:${secret.name}/${secret.key}`)] as const;
  });
  return Object.fromEntries([...fromMaps, ...own]);
}
