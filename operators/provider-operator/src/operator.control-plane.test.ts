import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ProviderStatus, providerStatus } from '@aggregator/contracts';
import { connectKubernetes, type KubernetesConnection, type ResourceKind, resourcePath } from '@aggregator/kubernetes';
import { type ControlPlane, startControlPlane, waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { FakeOrchestrator } from './testing/fake-orchestrator.ts';
import { type OperatorProcess, startOperatorProcess } from './testing/operator-process.ts';
import { endpointSliceKind, namespaceKind, providerKind, secretKind } from './watch/kinds.ts';

const crdKind: ResourceKind = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
};
const crdFolder = fileURLToPath(new URL('../../../charts/aggregator-crds/templates/', import.meta.url));
const providerList = z.object({
  items: z.array(
    z.object({ metadata: z.object({ name: z.string(), generation: z.number() }), status: providerStatus.optional() }),
  ),
});

interface KubernetesObject {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: object };
  readonly [field: string]: unknown;
}

describe('the operator at a real API server', () => {
  let plane: ControlPlane;
  let connection: KubernetesConnection;
  let orchestrator: FakeOrchestrator;
  const operators: OperatorProcess[] = [];
  const signingKey = randomBytes(32).toString('base64url');

  beforeAll(async () => {
    plane = await startControlPlane();
    connection = connectKubernetes({ kubeconfigPath: plane.kubeconfigPath, callsPerSecond: 500, callsBurst: 500 });
    orchestrator = await new FakeOrchestrator().start();
    for (const file of readdirSync(crdFolder)) await create(crdKind, parse(readFileSync(crdFolder + file, 'utf8')));
    for (const name of ['aggregator', 'team-a']) await create(namespaceKind, { metadata: { name } });
    orchestrator.addProxy('proxy-0');
    await create(endpointSliceKind, {
      metadata: { namespace: 'aggregator', name: 'proxy-1', labels: { 'kubernetes.io/service-name': 'proxy' } },
      addressType: 'IPv4',
      endpoints: [
        { addresses: ['10.1.0.1'], conditions: { ready: true }, targetRef: { kind: 'Pod', name: 'proxy-0' } },
      ],
      ports: [],
    });
    await waitFor(listProviders, { describe: 'the CRDs to be served' });
  });

  afterAll(async () => {
    await Promise.all(operators.map((operator) => operator.signal('SIGKILL')));
    await connection?.close();
    await Promise.all([plane?.close(), orchestrator?.close()]);
  });

  const create = (kind: ResourceKind, object: KubernetesObject) =>
    connection.request({
      method: 'POST',
      path: resourcePath(kind, { namespace: object.metadata.namespace }),
      body: {
        ...object,
        apiVersion: kind.group === '' ? kind.version : `${kind.group}/${kind.version}`,
        kind: kind.kind,
      },
    });
  const provider = (name: string, spec: object = { type: 'Mock' }) =>
    create(providerKind, { metadata: { namespace: 'team-a', name }, spec });
  const patch = (name: string, spec: object) =>
    connection.request({
      method: 'PATCH',
      path: resourcePath(providerKind, { namespace: 'team-a', name }),
      body: { spec },
      contentType: 'application/merge-patch+json',
    });

  async function listProviders() {
    const path = resourcePath(providerKind, { namespace: 'team-a' });
    return providerList.parse(await connection.request({ method: 'GET', path })).items;
  }

  function conditionOf(status: ProviderStatus | undefined, type: string) {
    return status?.conditions?.find((condition) => condition.type === type);
  }

  async function untilReady(name: string): Promise<void> {
    await waitFor(
      async () => {
        const found = (await listProviders()).find(({ metadata }) => metadata.name === name);
        const ready = conditionOf(found?.status, 'Ready');
        return ready?.status === 'True' && ready.observedGeneration === found?.metadata.generation;
      },
      { describe: () => `${name} to be Ready\n${operators.map(({ log }) => log.slice(-2000)).join('\n')}` },
    );
  }

  async function startOperator(): Promise<OperatorProcess> {
    const operator = startOperatorProcess(21_500 + operators.length, {
      LOG_LEVEL: 'info',
      INTERNAL_SIGNING_KEY: signingKey,
      POD_NAMESPACE: 'aggregator',
      POD_NAME: `operator-${operators.length}`,
      KUBECONFIG: plane.kubeconfigPath,
      PROVIDER_ORCHESTRATOR_URL: orchestrator.url,
    });
    operators.push(operator);
    await waitFor(async () => (await fetch(`${operator.url}/health/ready`)).ok, {
      describe: () => `an operator to be ready\n${operator.log}`,
    });
    return operator;
  }

  it('is followed in less than half a minute when it is killed, and no status lies meanwhile', async () => {
    const first = await startOperator();
    await provider('steady');
    await untilReady('steady');
    await startOperator();

    const killedAtMs = performance.now();
    await first.signal('SIGKILL');
    await provider('after-kill');
    await untilReady('after-kill');

    expect(performance.now() - killedAtMs).toBeLessThan(30_000);
    const steady = (await listProviders()).find(({ metadata }) => metadata.name === 'steady');
    const ready = conditionOf(steady?.status, 'Ready');
    expect(ready?.status).toBe('True');
    expect(Date.parse(ready?.lastTransitionTime ?? '')).toBeLessThan(Date.now() - (performance.now() - killedAtMs));
    expect(orchestrator.namesOf()).toEqual(['after-kill', 'steady']);
  });

  it('continues after the API server was away and has forgotten its history', async () => {
    await plane.compact();
    await plane.stopApiServer();
    expect(orchestrator.namesOf()).toContain('steady');
    await plane.startApiServer();
    await waitFor(() => patch('steady', { limits: { maxInFlight: 9 } }), { describe: 'a change' });

    // A leader that could not renew its Lease has ended, as it must; in a cluster its pod is restarted.
    if (operators.every(({ hasEnded }) => hasEnded)) await startOperator();
    await untilReady('steady');

    expect(orchestrator.providers.find(({ name }) => name === 'steady')?.concurrencyMax).toBe(9);
  });

  it('brings 500 Providers to their end with few writes and little memory although their neighbours are faulty', async () => {
    const [leader] = operators.filter(({ hasEnded }) => !hasEnded);
    if (leader === undefined) throw new Error('no operator');
    const written = () => leader.metric('status_writes_total');
    const before = await written();
    const names = Array.from({ length: 440 }, (_, at) => `p-${at}`);
    const apiKeys = [{ name: 'primary', secretKeyRef: { name: 'nowhere', key: 'api-key' } }];
    const bad = Array.from({ length: 50 }, (_, at) => `bad-${at}`);
    await create(secretKind, {
      metadata: { namespace: 'team-a', name: 'unused', labels: { 'aggregator.dev/credential': 'true' } },
      stringData: { 'api-key': 'x' },
    });
    await Promise.all(names.map((name) => provider(name)));
    await Promise.all(bad.map((name) => provider(name, { type: 'OpenAI', credentials: { apiKeys } })));

    await waitFor(
      async () => {
        const all = await listProviders();
        const ready = all.filter(({ status }) => conditionOf(status, 'Ready')?.status === 'True').length;
        const refused = all.filter(({ status }) => conditionOf(status, 'Ready')?.reason === 'SecretNotFound').length;
        return ready === names.length + 2 && refused === bad.length;
      },
      { timeoutMs: 120_000, describe: () => `all to be settled\n${leader.log.slice(-3000)}` },
    );

    expect(orchestrator.namesOf()).toHaveLength(names.length + 2);
    expect((await written()) - before).toBeLessThanOrEqual(4 * (names.length + bad.length));
    expect(await leader.metric('process_resident_memory_bytes')).toBeLessThan(400 * 1024 * 1024);
  }, 240_000);
});
