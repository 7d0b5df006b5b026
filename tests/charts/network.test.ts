import { describe, expect, it } from '@jest/globals';
import { type Endpoint, isAllowed, type Policy, readPolicies } from './evaluate-policies.ts';
import { readPods } from './read-pods.ts';
import { type RenderOptions, renderChart } from './render-chart.ts';
import { leastValues, variants } from './variants.ts';

const ports = {
  'api-gateway': 3000,
  auth: 3001,
  'provider-orchestrator': 3002,
  proxy: 3003,
  billing: 3004,
  analytics: 3005,
  'provider-operator': 3006,
  'mock-provider': 3010,
  postgres: 5432,
  redis: 6379,
  kafka: 9092,
} as const;
type Part = keyof typeof ports | 'migrations' | 'seed';

/** Who calls whom, each at its own port: the whole of it. */
const edges: Readonly<Record<Part, readonly (keyof typeof ports)[]>> = {
  'api-gateway': ['auth', 'provider-orchestrator', 'proxy', 'billing', 'analytics', 'redis'],
  auth: ['postgres', 'redis'],
  'provider-orchestrator': ['postgres', 'redis', 'mock-provider'],
  proxy: ['provider-orchestrator', 'billing', 'redis', 'kafka', 'mock-provider'],
  billing: ['auth', 'provider-orchestrator', 'analytics', 'postgres', 'redis', 'kafka'],
  analytics: ['auth', 'postgres', 'kafka'],
  'provider-operator': ['provider-orchestrator'],
  'mock-provider': [],
  migrations: ['postgres'],
  seed: ['postgres'],
  postgres: [],
  redis: [],
  kafka: [],
};
const stores: readonly Part[] = ['postgres', 'redis', 'kafka'];
const parts = Object.keys(edges).filter((part): part is Part => part in edges);
const ownParts = parts.filter((part) => !stores.includes(part));

const name = 'app.kubernetes.io/name';
const home = { namespace: 'aggregator', namespaceLabels: { 'kubernetes.io/metadata.name': 'aggregator' } };
const elsewhere = (namespace: string, labels: Readonly<Record<string, string>> = {}): Endpoint => ({
  ...{ kind: 'pod', labels, namespace },
  namespaceLabels: { 'kubernetes.io/metadata.name': namespace },
});
const internet: Endpoint = { kind: 'address', address: '104.18.6.192' };
const inside: Endpoint = { kind: 'address', address: '10.20.30.40' };
const dns = elsewhere('kube-system', { 'k8s-app': 'kube-dns' });

interface Installation {
  policies: Policy[];
  endpointOf(part: Part): Endpoint;
}

/** The labels are those that the pods really get. */
function install(options: RenderOptions): Installation {
  const { manifests } = renderChart(options);
  const rendered = new Map(readPods(manifests).map(({ labels }) => [labels[name], labels]));
  return {
    policies: readPolicies(manifests, 'aggregator'),
    endpointOf: (part) => ({ kind: 'pod', labels: rendered.get(part) ?? { [name]: part }, ...home }),
  };
}

/** Where the API server is known, as it should be: unknown, its ports are open to any address. */
const apiServer = { to: [{ ipBlock: { cidr: '10.20.30.40/32' } }] };
const dev = install({ environment: 'dev', values: { networkPolicy: { apiServer } } });
const everyPort = [...new Set<number>([...Object.values(ports), 9090, 443, 22])];

/** Every pair of parts and every port that is open between them, as `auth > redis:6379`. */
function findOpen({ policies, endpointOf }: Installation, from: readonly Part[], to: readonly Part[]): string[] {
  return from.flatMap((caller) =>
    to.flatMap((target) =>
      everyPort
        .filter(
          (port) =>
            caller !== target && isAllowed(policies, { from: endpointOf(caller), to: endpointOf(target), port }),
        )
        .map((port) => `${caller} > ${target}:${port}`),
    ),
  );
}

describe('NetworkPolicies', () => {
  it('let through each edge of the table, and between our pods and the stores nothing else at any port', () => {
    const wanted = ownParts.flatMap((caller) =>
      edges[caller].map((target) => `${caller} > ${target}:${ports[target]}`),
    );
    const open = findOpen(dev, ownParts, parts);

    expect(wanted.length).toBeGreaterThan(20);
    expect(open.filter((edge) => !wanted.includes(edge))).toEqual([]);
    expect(wanted.filter((edge) => !open.includes(edge))).toEqual([]);
  });

  it('let no store and no stranger in the same namespace in, but to the gateway', () => {
    const stranger: Endpoint = { kind: 'pod', labels: { [name]: 'stranger' }, ...home };
    const open = ownParts.flatMap((target) =>
      everyPort
        .filter((port) => isAllowed(dev.policies, { from: stranger, to: dev.endpointOf(target), port }))
        .map((port) => `${target}:${port}`),
    );

    expect(open).toEqual(['api-gateway:3000']);
    expect(findOpen(dev, stores, ownParts)).toEqual(stores.map((store) => `${store} > api-gateway:3000`));
  });

  it('let only those at the gateway that are named, once some are', () => {
    const { policies, endpointOf } = install({ environment: 'production' });
    const reach = (from: Endpoint) => isAllowed(policies, { from, to: endpointOf('api-gateway'), port: 3000 });

    expect(reach(elsewhere('ingress-nginx'))).toBe(true);
    expect(reach(elsewhere('default'))).toBe(false);
    expect(reach(internet)).toBe(false);
  });

  it('let Prometheus read the admin ports of all that have one, and no other client', () => {
    const readable = (from: Endpoint) =>
      ownParts.filter((part) => isAllowed(dev.policies, { from, to: dev.endpointOf(part), port: 9090 }));
    const without = ['mock-provider', 'migrations', 'seed'];

    expect(readable(elsewhere('monitoring'))).toEqual(ownParts.filter((part) => !without.includes(part)));
    expect(readable(elsewhere('default'))).toEqual([]);
    expect(readable(internet)).toEqual([]);
  });

  it('let no client read them if none is named', () => {
    const { policies, endpointOf } = install({ values: { ...leastValues, networkPolicy: { metrics: { from: [] } } } });
    const from = elsewhere('monitoring');
    expect(isAllowed(policies, { from, to: endpointOf('proxy'), port: 9090 })).toBe(false);
  });

  it('let every part ask DNS, by UDP and TCP', () => {
    for (const part of ownParts) {
      const from = dev.endpointOf(part);
      expect(isAllowed(dev.policies, { from, to: dns, port: 53, protocol: 'UDP' })).toBe(true);
      expect(isAllowed(dev.policies, { from, to: dns, port: 53 })).toBe(true);
      expect(isAllowed(dev.policies, { from, to: elsewhere('default'), port: 53 })).toBe(false);
    }
  });

  it.each([
    ['projected', ownParts.filter((part) => !['mock-provider', 'migrations', 'seed'].includes(part))],
    ['key', ['provider-operator']],
  ])('let those ask the API server that need it (peers known by %s)', (mode, expected) => {
    const { policies, endpointOf } = install({
      environment: 'dev',
      values: {
        peerIdentity: { mode },
        networkPolicy: { apiServer: { to: [{ ipBlock: { cidr: '10.20.30.40/32' } }] } },
      },
    });
    const asking = ownParts.filter((part) => isAllowed(policies, { from: endpointOf(part), to: inside, port: 6443 }));

    expect(asking).toEqual(expected);
  });

  it('let only orchestrator and proxy out to the internet, and neither into private networks', () => {
    const { policies, endpointOf } = install({
      values: { ...leastValues, peerIdentity: { mode: 'key' }, operator: { enabled: false } },
    });
    const reaching = (to: Endpoint, port = 443) =>
      ownParts
        .filter((part) => part !== 'provider-operator' && part !== 'mock-provider' && part !== 'seed')
        .filter((part) => isAllowed(policies, { from: endpointOf(part), to, port }));

    expect(reaching(internet)).toEqual(['provider-orchestrator', 'proxy']);
    expect(reaching(internet, 80)).toEqual([]);
    for (const address of ['10.20.30.40', '172.20.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '127.0.0.1']) {
      expect(reaching({ kind: 'address', address })).toEqual([]);
    }
  });

  it('close every pod of every variant: there is none that no policy selects', () => {
    for (const [variant, options] of Object.entries(variants)) {
      const { manifests } = renderChart(options);
      const policies = readPolicies(manifests, 'aggregator');
      const open = readPods(manifests).filter(({ labels }) => {
        const to: Endpoint = { kind: 'pod', labels, ...home };
        return isAllowed(policies, { from: elsewhere('default'), to, port: 9090 });
      });
      expect([variant, open.map(({ owner }) => owner.metadata.name)]).toEqual([variant, []]);
    }
  });
});
