import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connectKubernetes } from '../connection/connect-kubernetes.ts';
import type { KubernetesConnection } from '../port.ts';
import { type FakeApiServer, startFakeApiServer } from '../testing/index.ts';
import { applyResource, patchFinalizers } from './apply-resource.ts';

const providers = { group: 'aggregator.dev', version: 'v1alpha1', plural: 'providers', kind: 'Provider' };

describe('writes', () => {
  let server: FakeApiServer;
  let connection: KubernetesConnection;

  beforeEach(async () => {
    server = await startFakeApiServer({ kinds: [providers] });
    connection = connectKubernetes({ kubeconfigPath: server.kubeconfigPath });
  });
  afterEach(async () => {
    await connection.close();
    await server.close();
  });
  const create = () =>
    server.objects.create(providers, {
      metadata: { name: 'one', namespace: 'a', finalizers: ['x/y'] },
      spec: { type: 'A' },
    });
  const read = () => server.objects.find(providers, 'a', 'one');
  const metadata = { name: 'one', namespace: 'a' };

  it('applies a status without touching the spec, and takes back what it no longer applies', async () => {
    create();
    const options = { fieldManager: 'operator', force: true, subresource: 'status' } as const;
    const ready = { type: 'Ready', status: 'True' };
    await applyResource(connection, providers, { metadata, status: { conditions: [ready], note: 'x' } }, options);
    expect(read()).toMatchObject({ spec: { type: 'A' }, status: { conditions: [ready], note: 'x' } });
    await applyResource(
      connection,
      providers,
      { metadata, spec: { type: 'B' }, status: { conditions: [ready] } },
      options,
    );
    expect(read()?.spec).toEqual({ type: 'A' });
    expect(read()?.status).toEqual({ conditions: [ready] });
    expect(server.calls.at(-1)).toMatchObject({
      method: 'PATCH',
      path: '/apis/aggregator.dev/v1alpha1/namespaces/a/providers/one/status?fieldManager=operator&force=true',
      headers: { 'content-type': 'application/apply-patch+yaml' },
    });
  });

  it('creates what is missing, but no status without its resource', async () => {
    const status = { metadata, status: { note: 'x' } };
    const options = { fieldManager: 'operator' };
    await expect(
      applyResource(connection, providers, status, { ...options, subresource: 'status' }),
    ).rejects.toMatchObject({ status: 404 });
    await applyResource(connection, providers, { metadata, spec: { type: 'A' } }, options);
    expect(read()?.spec).toEqual({ type: 'A' });
  });

  it('writes no status to an object that was created again if the version is given', async () => {
    const { resourceVersion } = create().metadata;
    await patchFinalizers(connection, providers, { ...metadata, resourceVersion }, []);
    server.objects.remove(providers, 'a', 'one');
    create();
    const stale = { metadata: { ...metadata, resourceVersion }, status: { note: 'x' } };
    await expect(
      applyResource(connection, providers, stale, { fieldManager: 'operator', subresource: 'status', force: true }),
    ).rejects.toMatchObject({ status: 409 });
  });

  it('changes finalizers only of what has not changed since it was read', async () => {
    const { resourceVersion } = create().metadata;
    await patchFinalizers(connection, providers, { ...metadata, resourceVersion }, ['x/y', 'z/w']);
    expect(read()?.metadata.finalizers).toEqual(['x/y', 'z/w']);
    await expect(patchFinalizers(connection, providers, { ...metadata, resourceVersion }, [])).rejects.toMatchObject({
      status: 409,
      reason: 'Conflict',
    });
    expect(read()?.metadata.finalizers).toEqual(['x/y', 'z/w']);
  });

  it('lets a deleted object go with its last finalizer', async () => {
    create();
    server.objects.remove(providers, 'a', 'one');
    const resourceVersion = read()?.metadata.resourceVersion ?? '';
    expect(read()?.metadata.deletionTimestamp).toBeDefined();
    await patchFinalizers(connection, providers, { ...metadata, resourceVersion }, []);
    expect(read()).toBeUndefined();
  });
});
