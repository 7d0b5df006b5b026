import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { crdFiles } from '../../scripts/crds/definitions.ts';
import { root } from '../tidy/source-files.ts';
import { type Manifest, readSamples } from './samples.ts';
import { type ApiAnswer, type ApiServer, startApiServer } from './start-api-server.ts';

const crdPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const collections: Readonly<Record<string, string>> = {
  Provider: '/apis/aggregator.dev/v1alpha1/namespaces/default/providers',
  ModelRoute: '/apis/aggregator.dev/v1alpha1/namespaces/default/modelroutes',
  PriceTable: '/apis/aggregator.dev/v1alpha1/namespaces/default/pricetables',
  Secret: '/api/v1/namespaces/default/secrets',
};
const answered = z.object({
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })) }),
});
const table = z.object({
  columnDefinitions: z.array(z.object({ name: z.string(), priority: z.int() })),
  rows: z.array(z.object({ cells: z.array(z.unknown()) })),
});

let api: ApiServer;

type Query = Readonly<Record<string, string>>;
const strict: Query = { fieldManager: 'tests', fieldValidation: 'Strict' };
/** Judged in full, and not kept. */
const dry: Query = { ...strict, dryRun: 'All' };

const create = (manifest: Manifest, query = strict): Promise<ApiAnswer> =>
  api.call('POST', collections[manifest.kind] ?? '', { body: manifest, query });

const update = (manifest: Manifest, query = strict, subresource = ''): Promise<ApiAnswer> =>
  api.call('PATCH', `${collections[manifest.kind]}/${manifest.metadata.name}${subresource}`, { body: manifest, query });

async function isEstablished(name: string): Promise<boolean> {
  const { conditions } = answered.parse((await api.call('GET', `${crdPath}/${name}`)).json).status;
  return conditions.some(({ type, status }) => type === 'Established' && status === 'True');
}

beforeAll(async () => {
  api = await startApiServer();
  for (const file of crdFiles().keys()) {
    const definition: Manifest = parse(readFileSync(join(root, 'charts/aggregator-crds/templates', file), 'utf8'));
    const { name } = definition.metadata;
    expect(await api.call('POST', crdPath, { body: definition, query: strict })).toMatchObject({ status: 201 });
    await waitFor(() => isEstablished(name), { describe: `${name} to be established` });
  }
  // The definition is established a moment before its resources are served.
  for (const path of Object.values(collections)) {
    await waitFor(async () => (await api.call('GET', path)).status === 200, { describe: path });
  }
});
afterAll(() => api?.stop());

describe('the API server', () => {
  it.each([...readSamples('tests/crds/valid'), ...readSamples('k8s/samples')])('takes $name', async ({ manifests }) => {
    for (const manifest of manifests) expect(await create(manifest, dry)).toMatchObject({ status: 201 });
  });

  const invalid = readSamples('tests/crds/invalid');
  const [single, pairs] = [1, 2].map((count) => invalid.filter(({ manifests }) => manifests.length === count));

  it.each(single ?? [])('refuses $name: $expected', async ({ manifests: [manifest], expected }) => {
    expect(await create(required(manifest), dry)).toMatchObject({ json: refusal(expected) });
  });

  it.each(pairs ?? [])(
    'refuses the change of $name: $expected',
    async ({ name, manifests: [before, after], expected }) => {
      const metadata = { name: name.replace('.yaml', '') };
      expect(await create({ ...required(before), metadata })).toMatchObject({ status: 201 });
      expect(await update({ ...required(after), metadata }, dry)).toMatchObject({ json: refusal(expected) });
    },
  );
});

const refusal = (expected = 'nothing is expected') => ({
  ...{ kind: 'Status', status: 'Failure', message: expect.stringContaining(expected) },
});

function required(manifest: Manifest | undefined): Manifest {
  if (manifest === undefined) throw new Error('the sample is empty');
  return manifest;
}

describe('kubectl get', () => {
  const condition = (type: string, status: string, reason: string) => ({
    ...{ type, status, reason, message: '', lastTransitionTime: '2026-11-28T08:00:00Z', observedGeneration: 1 },
  });
  const conditions = [condition('Ready', 'True', 'Ready'), condition('Healthy', 'False', 'ErrorShare')];
  const programmed = { desired: 3, applied: 2, rejected: 0, summary: '2/3', snapshotVersion: '4.17', generation: 1 };

  const cellsOf = async (manifest: Manifest) => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
    const { json } = await api.call('GET', `${collections[manifest.kind]}/${manifest.metadata.name}`, { accept });
    const { columnDefinitions, rows } = table.parse(json);
    const cells = rows[0]?.cells ?? [];
    return {
      narrow: columnDefinitions.filter(({ priority }) => priority === 0).map(({ name }) => name),
      cells: Object.fromEntries(columnDefinitions.map(({ name }, index) => [name, cells[index]])),
    };
  };

  it('shows of a Provider whether it is ready, why not, and how its traffic goes', async () => {
    const provider = { apiVersion: 'aggregator.dev/v1alpha1', kind: 'Provider', metadata: { name: 'seen' } };
    const traffic = { breaker: 'HalfOpen', p95: '820ms', errors: '4.1%', inFlight: 7 };
    const status = { observedGeneration: 1, conditions, models: { count: 58 }, traffic, programmed };
    expect(await create({ ...provider, spec: { type: 'Mock' } })).toMatchObject({ status: 201 });
    expect(await update({ ...provider, status }, strict, '/status')).toMatchObject({ status: 200 });

    const { narrow, cells } = await cellsOf(provider);
    expect(narrow).toEqual(['Name', 'Type', 'Ready', 'Reason', 'Models', 'Proxies', 'Breaker', 'P95', 'Errors', 'Age']);
    expect(cells).toMatchObject({
      ...{ Name: 'seen', Type: 'Mock', Ready: 'True', Reason: 'Ready', Models: 58, Proxies: '2/3' },
      ...{ Breaker: 'HalfOpen', P95: '820ms', Errors: '4.1%', Healthy: 'False', Snapshot: '4.17' },
    });
  });

  it('shows of a ModelRoute what it stands for and whether it is ready', async () => {
    const route = { apiVersion: 'aggregator.dev/v1alpha1', kind: 'ModelRoute', metadata: { name: 'seen' } };
    const spec = { model: 'assistant', targets: [{ providerRef: { name: 'seen' } }] };
    expect(await create({ ...route, spec })).toMatchObject({ status: 201 });
    const status = { conditions, programmed };
    expect(await update({ ...route, status }, strict, '/status')).toMatchObject({ status: 200 });

    const { narrow, cells } = await cellsOf(route);
    expect(narrow).toEqual(['Name', 'Model', 'Strategy', 'Ready', 'Reason', 'Proxies', 'Age']);
    expect(cells).toMatchObject({ Model: 'assistant', Strategy: 'Weighted', Ready: 'True', Proxies: '2/3' });
  });

  it('finds Providers by class and by type', async () => {
    const query = { fieldSelector: 'spec.className=default,spec.type=Mock' };
    const found = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });
    const { items } = found.parse((await api.call('GET', collections.Provider ?? '', { query })).json);
    expect(items.map(({ metadata }) => metadata.name)).toContain('seen');
    const none = await api.call('GET', collections.Provider ?? '', {
      query: { fieldSelector: 'spec.className=other' },
    });
    expect(found.parse(none.json).items).toEqual([]);
  });

  it('ignores a status in a write of the resource', async () => {
    const provider = { apiVersion: 'aggregator.dev/v1alpha1', kind: 'Provider', metadata: { name: 'seen' } };
    const forged = { ...provider, spec: { type: 'Mock' }, status: { models: { count: 9999 } } };
    expect(await update(forged)).toMatchObject({ status: 200 });
    expect((await cellsOf(provider)).cells).toMatchObject({ Models: 58 });
  });
});
