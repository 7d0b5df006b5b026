import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { readEnvironment, readPods } from './read-pods.ts';
import { find, ofKind, renderChart } from './render-chart.ts';
import { leastValues } from './variants.ts';

const render = (values: object = {}) => renderChart({ values: { ...leastValues, ...values } }).manifests;
const scaledProxy = (autoscaling: object) => ({
  services: { proxy: { autoscaling: { enabled: true, ...autoscaling } } },
});
const proxyOf = (manifests: ReturnType<typeof render>) => find(manifests, 'StatefulSet', 'aggregator-proxy').spec;
const budgets = (values: object) => ofKind(render(values), 'PodDisruptionBudget').map(({ metadata }) => metadata.name);

describe('replicas', () => {
  it('are those of the values, and are not set if an autoscaler sets them', () => {
    expect(proxyOf(render())).toHaveProperty('replicas', 2);
    expect(proxyOf(render(scaledProxy({})))).not.toHaveProperty('replicas');
  });

  it.each([
    ['cpu', 1],
    ['pods', 2],
  ])('are moved by processor time, and in mode %s by %i figures in all', (mode, figures) => {
    const { spec } = find(render(scaledProxy({ mode })), 'HorizontalPodAutoscaler', 'aggregator-proxy');

    expect(spec).toMatchObject({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'aggregator-proxy' },
      behavior: {
        scaleUp: { stabilizationWindowSeconds: 0, selectPolicy: 'Max' },
        scaleDown: { stabilizationWindowSeconds: 600, policies: [{ type: 'Pods', value: 1, periodSeconds: 120 }] },
      },
      metrics: expect.arrayContaining([
        {
          type: 'ContainerResource',
          containerResource: { name: 'cpu', container: 'app', target: { type: 'Utilization', averageUtilization: 70 } },
        },
      ]),
    });
    expect(spec).toHaveProperty('metrics.length', figures);
  });

  it('are moved by KEDA alone where it is to do so', () => {
    const manifests = render(scaledProxy({ mode: 'keda' }));

    expect(ofKind(manifests, 'HorizontalPodAutoscaler')).toEqual([]);
    expect(find(manifests, 'ScaledObject', 'aggregator-proxy').spec).toMatchObject({
      minReplicaCount: 2,
      fallback: { replicas: 2 },
      triggers: [{ type: 'metrics-api' }, { type: 'cpu' }],
    });
  });

  it('have a budget of one pod at a time where there are several, and none where the last pod could not move', () => {
    const single = { defaults: { replicas: 1 } };

    expect(budgets({})).toHaveLength(7);
    expect(budgets(single)).toEqual([]);
    expect(budgets({ ...single, ...scaledProxy({ minReplicas: 2 }) })).toEqual(['aggregator-proxy']);
    expect(budgets(scaledProxy({ minReplicas: 1 }))).not.toContain('aggregator-proxy');
    expect(budgets({ defaults: { disruptionBudget: false } })).toEqual([]);
  });
});

describe('a pod', () => {
  const manifests = render({ services: { proxy: { preStopSeconds: 7, drainSeconds: 100 } } });
  const pods = readPods(manifests);

  it('has the time to take its last connections, to drain, and 15 seconds more', () => {
    const proxy = pods.find(({ owner }) => owner.metadata.name === 'aggregator-proxy');
    const [container] = proxy?.containers ?? [];

    expect(proxy?.spec.terminationGracePeriodSeconds).toBe(122);
    expect(container).toHaveProperty('lifecycle.preStop.sleep.seconds', 7);
    expect(container && readEnvironment(manifests, container).SHUTDOWN_GRACE_MS).toBe('100000');
  });

  it.each([
    ['512Mi', '384'],
    ['1Gi', '768'],
    ['3Gi', '2304'],
    ['100Mi', '75'],
  ])('with %s gets a heap of %s MiB', (memory, heap) => {
    const rendered = render({ services: { billing: { resources: { limits: { memory } } } } });
    expect(find(rendered, 'ConfigMap', 'aggregator-billing').data).toMatchObject({
      NODE_OPTIONS: `--max-old-space-size=${heap}`,
    });
  });

  it('asks for processor time and memory, and has a limit of memory, whichever it is', () => {
    for (const { containers } of readPods(renderChart({ environment: 'dev' }).manifests)) {
      for (const { resources } of containers) {
        expect(resources).toMatchObject({
          requests: { cpu: expect.any(String) },
          limits: { memory: expect.any(String) },
        });
      }
    }
  });

  it('is asked for its health at the admin port, and for its life without asking others', () => {
    const services = pods.filter(({ owner }) => owner.kind !== 'Job');
    expect(services).toHaveLength(7);
    for (const { containers } of services) {
      expect(containers[0]).toMatchObject({
        startupProbe: { httpGet: { path: '/health/startup', port: 'admin' } },
        readinessProbe: { httpGet: { path: '/health/ready', port: 'admin' } },
        livenessProbe: { httpGet: { path: '/health/live', port: 'admin' } },
      });
    }
  });
});

describe('the spool', () => {
  it('is on a volume that outlives pod, scale-down and removal', () => {
    expect(proxyOf(render())).toMatchObject({
      podManagementPolicy: 'Parallel',
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      volumeClaimTemplates: [{ metadata: { name: 'state' } }],
    });
  });

  it('is as short-lived as its pod only where that is said', () => {
    const spec = proxyOf(render({ spool: { persistence: { enabled: false } } }));

    expect(spec).not.toHaveProperty('volumeClaimTemplates');
    expect(JSON.stringify(spec)).toContain('"name":"state","emptyDir"');
  });
});

describe('migrations', () => {
  const jobs = (values: object) =>
    ofKind(render(values), 'Job').filter(({ metadata }) => metadata.name.includes('migrate'));
  const annotations = z.record(z.string(), z.string());

  it('run before anything is installed or changed, after their own account, and need nothing of the chart', () => {
    const manifests = render();
    const hooks = jobs({});
    const account = find(manifests, 'ServiceAccount', 'aggregator-migrations');

    expect(hooks.map(({ metadata }) => metadata.name)).toEqual(
      ['auth', 'provider-orchestrator', 'billing', 'analytics'].map((app) => `aggregator-${app}-migrate`),
    );
    for (const { metadata } of [account, ...hooks]) {
      expect(annotations.parse(metadata.annotations)['helm.sh/hook']).toBe('pre-install,pre-upgrade');
    }
    expect(account.metadata.annotations['helm.sh/hook-weight']).toBe('-5');
    expect(JSON.stringify(hooks)).not.toMatch(/configMap/);
  });

  it('are ordinary Jobs where hooks cannot be, and another image is another Job', () => {
    const names = (tag: string) =>
      jobs({ migrations: { mode: 'job' }, image: { tag } }).map(({ metadata }) => metadata.name);

    expect(names('a')).toHaveLength(4);
    expect(names('a')).toEqual(names('a'));
    expect(names('a').filter((one) => names('b').includes(one))).toEqual([]);
  });

  it('are left to others where that is said', () => {
    expect(jobs({ migrations: { mode: 'external' } })).toEqual([]);
  });
});

describe('the way in', () => {
  it('by Ingress leaves streams alone and ends TLS', () => {
    const { manifests } = renderChart({ environment: 'production' });
    const { metadata, spec } = find(manifests, 'Ingress', 'aggregator-api-gateway');

    expect(metadata.annotations).toMatchObject({
      'nginx.ingress.kubernetes.io/proxy-buffering': 'off',
      'nginx.ingress.kubernetes.io/proxy-read-timeout': '3600',
      'nginx.ingress.kubernetes.io/proxy-next-upstream': 'off',
    });
    expect(spec).toMatchObject({ tls: [{ hosts: ['ai.example.com'], secretName: 'aggregator-tls' }] });
  });

  it('by HTTPRoute has no deadline', () => {
    const values = { httpRoute: { enabled: true, parentRefs: [{ name: 'public' }], hostnames: ['ai.example.com'] } };
    expect(find(render(values), 'HTTPRoute', 'aggregator-api-gateway').spec).toMatchObject({
      rules: [{ timeouts: { request: '0s', backendRequest: '0s' } }],
    });
  });
});
