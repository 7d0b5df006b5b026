import { crdGroup, crdVersion } from '@aggregator/contracts';
import { connectKubernetes, type KubernetesConnection } from '@aggregator/kubernetes';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { type Installation, install } from './installation.ts';
import { compatibleProvider, keySecret } from './manifests.ts';
import { type ProviderWatch, watchProviders } from './provider-watch.ts';
import { startSteadyLoad } from './steady-load.ts';

const mockVendor = 'http://aggregator-mock-provider:3010/v1';
const names = Array.from({ length: 10 }, (_, index) => `vendor-${index}`);
const changes = 100;

let installation: Installation;
let connection: KubernetesConnection;
let watch: ProviderWatch;

beforeAll(async () => {
  installation = await install('aggregator-changes', {
    services: { 'mock-provider': { env: { MOCK_API_KEY_PREFIX: 'vendor-key-' } }, proxy: { replicas: 2 } },
  });
  connection = connectKubernetes({});
  watch = await watchProviders(connection, installation.namespace);
  for (const name of names) {
    await installation.apply(keySecret(name, 'vendor-key-first'), compatibleProvider(name, mockVendor, name));
  }
  await installation.kubectl(['wait', 'providers', '--all', '--for=condition=Programmed', '--timeout=60s']);
}, 500_000);
afterAll(async () => {
  await watch?.close();
  await connection?.close();
  await installation?.remove();
}, 400_000);

const merge = (path: string, body: object) =>
  connection.request({ method: 'PATCH', path, body, contentType: 'application/merge-patch+json' });
const served = z.object({ metadata: z.object({ generation: z.number() }) });

/** Changes one Provider, by its spec or by its Secret, and answers how long it took until the last proxy served it. */
async function change(index: number): Promise<number> {
  const name = names[index % names.length] ?? '';
  const before = watch.latest(name)?.status?.programmed?.snapshotVersion;
  const startedMs = performance.now();
  let generation = 0;
  if (index % 2 === 0) {
    const path = `/apis/${crdGroup}/${crdVersion}/namespaces/${installation.namespace}/providers/${name}`;
    const answer = await merge(path, { spec: { limits: { maxInFlight: 100 + index } } });
    generation = served.parse(answer).metadata.generation;
  } else {
    const data = { 'api-key': Buffer.from(`vendor-key-${index}`).toString('base64') };
    await merge(`/api/v1/namespaces/${installation.namespace}/secrets/${name}`, { data });
  }
  await waitFor(
    () => {
      const latest = watch.latest(name);
      const programmed = latest?.status?.programmed;
      if (programmed === undefined || programmed.snapshotVersion === before) return undefined;
      const isServed =
        programmed.applied === 2 && programmed.desired === 2 && (programmed.generation ?? 0) >= generation;
      return isServed ? latest : undefined;
    },
    {
      timeoutMs: 15_000,
      describe: () => `${name} to be served by both proxies: ${JSON.stringify(watch.latest(name))}`,
    },
  );
  return performance.now() - startedMs;
}

describe('a hundred changes of specs and Secrets under load', () => {
  it('reach the last proxy within a second, and fail no request', async () => {
    const load = startSteadyLoad({
      ...{
        baseUrl: installation.gatewayUrl,
        apiKey: installation.apiKey,
        models: names.map((name) => `${name}/mock-small`),
      },
      ...{ workers: 4, pauseMs: 30, requestsMax: 200_000 },
    });
    const tookMs: number[] = [];
    for (let index = 0; index < changes; index += 1) tookMs.push(await change(index));
    const ids = await load.stop();

    const sorted = tookMs.sort((left, right) => left - right);
    const p99 = sorted[Math.floor(sorted.length * 0.99) - 1] ?? Number.POSITIVE_INFINITY;
    process.stdout.write(
      `${changes} changes: median ${Math.round(sorted[50] ?? 0)} ms, p99 ${Math.round(p99)} ms, longest ${Math.round(sorted.at(-1) ?? 0)} ms; ${ids.length} requests beside them\n`,
    );
    expect(load.failures).toEqual([]);
    expect(ids.length).toBeGreaterThan(100);
    expect(p99).toBeLessThan(1000);
  }, 600_000);

  it('do not pass on what a malformed neighbour or a bad key has', async () => {
    await installation.apply(keySecret('bad', 'stolen'), compatibleProvider('bad', mockVendor, 'bad'));
    await installation.apply(compatibleProvider('keyless', mockVendor, 'no-such-secret'));
    await installation.apply(
      keySecret('elsewhere', 'vendor-key-1'),
      compatibleProvider('elsewhere', 'http://models.internal.example/v1', 'elsewhere'),
    );

    expect(await change(0)).toBeLessThan(5000);
    expect(await change(1)).toBeLessThan(5000);
    const reasonOf = (name: string) =>
      installation.kubectl([
        ...['get', 'provider', name, '-o', `jsonpath={.status.conditions[?(@.type=="Ready")].reason}`],
      ]);
    await waitFor(async () => (await reasonOf('keyless')) === 'SecretNotFound', {
      timeoutMs: 10_000,
      describe: 'a reason',
    });
    await waitFor(async () => (await reasonOf('elsewhere')) === 'InvalidSpec', {
      timeoutMs: 10_000,
      describe: 'a reason',
    });
    expect(await reasonOf('vendor-0')).toBe('Ready');
  }, 60_000);
});
