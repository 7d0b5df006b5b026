import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { readPods } from './read-pods.ts';
import {
  chartFolder,
  find,
  type Manifest,
  ofKind,
  type RenderOptions,
  renderChart,
  runProgram,
} from './render-chart.ts';
import { leastValues, variants } from './variants.ts';

const environments = ['dev', 'staging', 'production'] as const;

const portsOf = (service: Manifest) =>
  z
    .looseObject({ ports: z.array(z.looseObject({ port: z.int() })) })
    .parse(service.spec)
    .ports.map(({ port }) => port);

/** What a person wants to know of an environment at one glance. */
function summarise(manifests: readonly Manifest[]): string[] {
  const pods = readPods(manifests).map(({ owner, replicas, containers, spec }) =>
    [
      `${owner.kind} ${owner.metadata.name}`,
      owner.kind === 'Job' ? 'once' : `× ${replicas ?? 'as the autoscaler wants'}`,
      containers.map(({ image, resources: { requests, limits } }) =>
        [image, requests.cpu, `${requests.memory} to ${limits.memory}`].join(' '),
      ),
      spec.terminationGracePeriodSeconds === undefined ? '' : `ends within ${spec.terminationGracePeriodSeconds} s`,
    ]
      .flat()
      .filter((part) => part !== '')
      .join(', '),
  );
  const services = ofKind(manifests, 'Service').map((one) => `Service ${one.metadata.name} ${portsOf(one).join(', ')}`);
  const known = ['Deployment', 'StatefulSet', 'Job', 'Service', 'ServiceAccount', 'ConfigMap', 'NetworkPolicy'];
  const others = manifests
    .filter(({ kind }) => !known.includes(kind))
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  return [...pods, ...services, ...others].sort();
}

describe('the chart', () => {
  it.each(environments)('passes helm lint --strict as %s', (environment) => {
    const values = join(chartFolder, 'environments', `${environment}.yaml`);
    const words = ['lint', '--strict', '--kube-version', '1.34.0', '--values', values, chartFolder];
    expect(runProgram('helm', words).refusal).toBe('');
  });

  it.each(environments)('renders what %s is meant to be', (environment) => {
    expect(
      summarise(renderChart({ environment, apiVersions: ['monitoring.coreos.com/v1'] }).manifests),
    ).toMatchSnapshot();
  });

  it.each(Object.entries(variants))('renders %s twice the same, each object once', (_name, options) => {
    const first = renderChart(options);
    const names = first.manifests.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''} ${metadata.name}`);

    expect(renderChart(options).text).toBe(first.text);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('gives each workload a separate account by the prefix that its peers know, and no pod a token it did not ask for', () => {
    const pods = readPods(renderChart({ environment: 'dev' }).manifests);
    const services = pods.filter(({ owner }) => owner.kind !== 'Job');

    expect(services.map(({ spec }) => spec.serviceAccountName)).toEqual(
      services.map(({ owner }) => owner.metadata.name),
    );
    expect(new Set(pods.map(({ spec }) => spec.automountServiceAccountToken))).toEqual(new Set([false]));
  });

  const readUsers = (options: RenderOptions) =>
    readPods(renderChart(options).manifests).map(({ spec }) => {
      const context = z.record(z.string(), z.unknown()).parse(spec.securityContext);
      return [context.runAsUser, context.runAsGroup, context.fsGroup];
    });

  it('runs every pod as the user of the values, or as the user that the cluster chooses', () => {
    const fixed = readUsers({ values: leastValues });
    expect(fixed).toEqual(fixed.map(() => [10001, 10001, 10001]));
    const chosen = readUsers({ values: { ...leastValues, podSecurity: { userId: null } } });
    expect(chosen).toEqual(fixed.map(() => [undefined, undefined, undefined]));
  });

  it('gives certificates of a private authority to every service and Job that connects to a store', () => {
    const caBundle = { configMap: 'company-ca', key: 'bundle.pem' };
    const { manifests, text } = renderChart({ values: { ...leastValues, caBundle, seed: { enabled: true } } });
    for (const { containers, owner } of readPods(manifests)) {
      const mounts = containers.map(({ volumeMounts }) => volumeMounts.map(({ name, mountPath }) => [name, mountPath]));
      expect([owner.metadata.name, ...mounts.flat()]).toContainEqual(['ca-bundle', '/etc/aggregator/ca']);
    }
    expect(text.match(/NODE_EXTRA_CA_CERTS: \/etc\/aggregator\/ca\/bundle.pem/g)).toHaveLength(7);
    expect(text.match(/name: NODE_EXTRA_CA_CERTS, value: \/etc\/aggregator\/ca\/bundle.pem/g)).toHaveLength(6);
  });

  it('writes nothing but what is mounted for it, as a user of no other use, in every container of every variant', () => {
    for (const options of Object.values(variants)) {
      for (const { spec, containers } of readPods(renderChart(options).manifests)) {
        expect(spec).toMatchObject({ securityContext: { runAsNonRoot: true }, enableServiceLinks: false });
        expect(containers.map(({ securityContext }) => securityContext)).toEqual(
          containers.map(() => ({
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          })),
        );
      }
    }
  });

  it('projects one token for each peer that is called, for that peer alone, and none where a shared key is used', () => {
    const audiences = (values: object) => {
      const pods = readPods(renderChart({ values }).manifests);
      const text = JSON.stringify(pods.find(({ owner }) => owner.metadata.name === 'aggregator-proxy')?.spec.volumes);
      return [...text.matchAll(/"audience":"([^"]+)"/g)].map((match) => match[1]);
    };

    expect(audiences(leastValues)).toEqual([
      'aggregator.aggregator/provider-orchestrator',
      'aggregator.aggregator/billing',
    ]);
    expect(audiences({ ...leastValues, peerIdentity: { mode: 'key' } })).toEqual([]);
  });

  it('names images by registry, and by digest where there is one', () => {
    const images = (values: object) =>
      readPods(renderChart({ values: { ...leastValues, ...values } }).manifests).flatMap(({ containers }) =>
        containers.map(({ image }) => image),
      );
    const digest = `sha256:${'b'.repeat(64)}`;

    expect(images({})).toContain('aggregator/proxy:0.1.0');
    expect(images({ image: { tag: 'abc' }, global: { imageRegistry: 'r.example.com:5000' } })).toContain(
      'r.example.com:5000/aggregator/proxy:abc',
    );
    expect(images({ services: { proxy: { image: { digest, tag: 'lost' } } } })).toContain(`aggregator/proxy@${digest}`);
    expect(images({ services: { proxy: { image: { repository: 'my/proxy', tag: 'x' } } } })).toContain('my/proxy:x');
  });

  it('restarts pods when their configuration changes, and only those', () => {
    const checksums = (values: object) =>
      new Map(
        readPods(renderChart({ values: { ...leastValues, ...values } }).manifests).map(({ owner, annotations }) => [
          owner.metadata.name,
          annotations['checksum/settings'],
        ]),
      );
    const before = checksums({});
    const after = checksums({ services: { billing: { env: { SIGN_UP_CREDIT_NANO_USD: '5' } } } });
    const changed = [...before].filter(([name, checksum]) => after.get(name) !== checksum).map(([name]) => name);

    expect(changed).toEqual(['aggregator-billing']);
  });

  it('ends with one curl that fits what was installed', () => {
    const notes = (environment: 'dev' | 'staging' | 'production') => {
      const data = { notes: '{{ include "aggregator.notes" . | b64enc }}' };
      const extraObjects = [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'notes' }, data }];
      const { manifests } = renderChart({ environment, values: { extraObjects } });
      const { notes } = z.looseObject({ notes: z.string() }).parse(find(manifests, 'ConfigMap', 'notes').data);
      return Buffer.from(notes, 'base64').toString();
    };

    expect(notes('dev').match(/curl /g)).toHaveLength(1);
    expect(notes('dev')).toContain(
      'kubectl port-forward --namespace aggregator service/aggregator-api-gateway 3000:3000',
    );
    expect(notes('dev')).toContain('kubectl get secret --namespace aggregator aggregator-seed');
    expect(notes('staging')).toContain('/v1/auth/register');
    expect(notes('production')).toContain('deployment/aggregator-auth -- node operator.mjs me@example.com');
  });
});
