import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { type ApiServer, startApiServer } from '../crds/start-api-server.ts';
import { readSourceFiles, root } from '../tidy/source-files.ts';
import { readPods } from './read-pods.ts';
import { type Manifest, ofKind, readManifests, renderChart } from './render-chart.ts';
import { variants } from './variants.ts';

const crdPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const namespaces = ['aggregator', 'elsewhere', 'team-a', 'team-b'];
const plurals: Readonly<Record<string, string>> = { NetworkPolicy: 'networkpolicies', Ingress: 'ingresses' };
const clusterWide = ['ClusterRole', 'ClusterRoleBinding'];
const strict = { fieldManager: 'tests', fieldValidation: 'Strict' };
/** Judged in full, and not kept. */
const dry = { ...strict, dryRun: 'All' };

let api: ApiServer;

function pathOf({ apiVersion, kind, metadata }: Manifest, namespace: string): string {
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const plural = plurals[kind] ?? `${kind.toLowerCase()}s`;
  return clusterWide.includes(kind)
    ? `${group}/${plural}`
    : `${group}/namespaces/${metadata.namespace ?? namespace}/${plural}`;
}

async function create(manifest: Manifest, namespace: string, query: Readonly<Record<string, string>> = dry) {
  const { status, json } = await api.call('POST', pathOf(manifest, namespace), { body: manifest, query });
  if (status === 201) return [];
  const { message } = z.looseObject({ message: z.string() }).parse(json);
  return [`${manifest.kind} ${manifest.metadata.name}: ${status} ${message}`];
}

async function createDefinitions(): Promise<void> {
  const files = readSourceFiles('tests/charts/third-party', ['.yaml']);
  for (const definition of files.flatMap(({ text }) => readManifests(text))) {
    const { status } = await api.call('POST', crdPath, { body: definition, query: strict });
    expect([definition.metadata.name, status]).toEqual([definition.metadata.name, 201]);
    const { group, names } = z
      .looseObject({ group: z.string(), names: z.looseObject({ plural: z.string() }) })
      .parse(definition.spec);
    const version = /v1(alpha1)?/.exec(JSON.stringify(definition.spec))?.[0] ?? '';
    await waitFor(
      async () =>
        (await api.call('GET', `/apis/${group}/${version}/namespaces/default/${names.plural}`)).status === 200,
      { describe: `${definition.metadata.name} to be served` },
    );
  }
}

beforeAll(async () => {
  api = await startApiServer();
  for (const name of namespaces) {
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
    expect((await api.call('POST', '/api/v1/namespaces', { body, query: strict })).status).toBe(201);
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
    const path = `/api/v1/namespaces/${name}/serviceaccounts`;
    expect((await api.call('POST', path, { body: account, query: strict })).status).toBe(201);
  }
  await createDefinitions();
});

afterAll(() => api.stop());

/**
 * Pods by themselves, since for a Deployment the restricted profile is only a warning. Claimed volumes stand in as empty
 * ones, and the class of priority is left out: both are made by others.
 */
function toPods(manifests: readonly Manifest[], serviceAccountName?: string): Manifest[] {
  const isClaimed = z.looseObject({ volumeClaimTemplates: z.array(z.looseObject({})).optional() });
  return readPods(manifests).map(({ owner, labels, annotations, spec: { priorityClassName: _, ...spec } }) => {
    const claimed = isClaimed.parse(owner.spec).volumeClaimTemplates ?? [];
    const volumes = [...spec.volumes, ...claimed.map(() => ({ name: 'state', emptyDir: {} }))];
    const account = serviceAccountName ?? spec.serviceAccountName;
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: owner.metadata.name, labels: { ...labels }, annotations: { ...annotations } },
      spec: { ...spec, volumes, serviceAccountName: account },
    };
  });
}

describe('an API server whose namespaces enforce the restricted profile', () => {
  it.each(Object.entries(variants))('takes every object and every pod of %s', async (_name, options) => {
    const { manifests } = renderChart(options);
    const namespace = options.namespace ?? 'aggregator';

    const accounts = await Promise.all(
      ofKind(manifests, 'ServiceAccount').map((account) => create(account, namespace, strict)),
    );
    const others = manifests.filter(({ kind }) => kind !== 'ServiceAccount');
    const answers = await Promise.all(others.map((manifest) => create(manifest, namespace)));
    const pods = toPods(manifests);
    const judged = await Promise.all(pods.map((pod) => create(pod, namespace)));

    expect(others.length).toBeGreaterThan(30);
    expect(pods.length).toBeGreaterThan(6);
    const faults = [
      ...accounts.flat().filter((answer) => !answer.includes('409')),
      ...answers.flat(),
      ...judged.flat(),
    ];
    expect(faults).toEqual([]);
  });

  it('refuses a field that it does not know, so that what it takes means something', async () => {
    const [workload] = ofKind(renderChart({ environment: 'dev' }).manifests, 'Deployment');
    const spec = { ...z.looseObject({}).parse(workload?.spec), replicaz: 1 };

    expect(workload).toBeDefined();
    if (workload !== undefined) expect(await create({ ...workload, spec }, 'aggregator')).not.toEqual([]);
  });

  it('takes the stores for development', async () => {
    const manifests = ['postgres', 'redis', 'kafka'].flatMap((store) =>
      readManifests(readFileSync(join(root, `k8s/dev/${store}.yaml`), 'utf8')),
    );
    const pods = toPods(manifests, 'default');

    expect(pods).toHaveLength(3);
    const answers = await Promise.all([...manifests, ...pods].map((manifest) => create(manifest, 'aggregator')));
    expect(answers.flat()).toEqual([]);
  });
});
