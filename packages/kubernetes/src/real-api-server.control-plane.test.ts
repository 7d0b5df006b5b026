import { type ControlPlane, startControlPlane, waitFor } from '@aggregator/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import {
  applyResource,
  connectKubernetes,
  createEventRecorder,
  createLeaderElector,
  createResourceCache,
  type KubernetesConnection,
  type LeaderElector,
  patchFinalizers,
  type ResourceCache,
  resourcePath,
} from './index.ts';

const crds = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
};
const things = { group: 'test.aggregator.dev', version: 'v1', plural: 'things', kind: 'Thing' };
const secrets = { group: '', version: 'v1', plural: 'secrets', kind: 'Secret' };
const events = { group: '', version: 'v1', plural: 'events', kind: 'Event' };
const namespace = 'default';
const thing = z.looseObject({
  metadata: z.looseObject({ name: z.string(), uid: z.string(), resourceVersion: z.string() }),
});
type Thing = z.output<typeof thing>;

describe('a real API server', () => {
  let plane: ControlPlane;
  let connection: KubernetesConnection;
  const caches: ResourceCache<unknown>[] = [];
  const electors: LeaderElector[] = [];

  beforeAll(async () => {
    plane = await startControlPlane();
    connection = connectKubernetes({ kubeconfigPath: plane.kubeconfigPath });
    await defineThings(connection);
  });
  afterAll(async () => {
    await connection?.close();
    await plane?.close();
  });
  afterEach(async () => {
    await Promise.all([...caches.splice(0), ...electors.splice(0)].map((part) => part.close()));
  });

  const create = (name: string, body: object = {}) =>
    connection
      .request({
        method: 'POST',
        path: resourcePath(things, { namespace }),
        body: { apiVersion: 'test.aggregator.dev/v1', kind: 'Thing', metadata: { name }, ...body },
      })
      .then((made) => thing.parse(made));
  const remove = (name: string) =>
    connection.request({ method: 'DELETE', path: resourcePath(things, { namespace, name }) });
  const read = (name: string) =>
    connection
      .request({ method: 'GET', path: resourcePath(things, { namespace, name }) })
      .then((found) => thing.parse(found));

  async function cacheThings() {
    const cache = createResourceCache<Thing>({
      connection,
      kind: things,
      namespaces: [namespace],
      parse: (object) => thing.parse(object),
    });
    caches.push(cache);
    cache.start();
    await cache.whenSynced(AbortSignal.timeout(10_000));
    return cache;
  }

  it('is followed through a restart', async () => {
    const cache = await cacheThings();
    const first = await create('restart-1');
    await waitFor(() => cache.get(namespace, 'restart-1')?.metadata.uid === first.metadata.uid, {
      describe: 'the first',
    });
    expect(JSON.stringify(cache.list())).not.toContain('managedFields');
    await plane.stopApiServer();
    await plane.startApiServer();
    await create('restart-2');
    await remove('restart-1');
    await waitFor(
      () => cache.get(namespace, 'restart-1') === undefined && cache.get(namespace, 'restart-2') !== undefined,
      { describe: 'what happened after the restart' },
    );
  });

  it('is listed again when etcd has forgotten what the watch needs', async () => {
    const cache = await cacheThings();
    const stale = await create('compacted');
    await waitFor(() => cache.get(namespace, 'compacted'), { describe: 'the object' });
    const old = stale.metadata.resourceVersion;
    await create('later');
    await plane.stopApiServer();
    await plane.compact();
    await plane.startApiServer();
    const query = { watch: 'true', resourceVersion: String(Number(old) - 1) };
    const watch = () => {
      const signal = AbortSignal.timeout(5000);
      return connection.stream({ path: resourcePath(things, { namespace }), query, signal, idleMsMax: 5000 });
    };
    // An API server that has just begun says 429 for a while.
    await waitFor(async () => (await firstWord(watch())).includes('410'), { describe: 'a 410' });
    await create('after-compaction');
    await waitFor(() => cache.get(namespace, 'after-compaction'), { describe: 'the newest object' });
  });

  it('shows Secrets by their metadata alone', async () => {
    const data = { key: Buffer.from('sk-live-123').toString('base64') };
    await applyResource(connection, secrets, { metadata: { name: 'key', namespace }, data }, { fieldManager: 'test' });
    const cache = createResourceCache<unknown>({
      connection,
      kind: secrets,
      namespaces: null,
      metadataOnly: true,
      parse: (object) => object,
    });
    caches.push(cache);
    cache.start();
    await cache.whenSynced(AbortSignal.timeout(10_000));
    expect(cache.get(namespace, 'key')).toMatchObject({ kind: 'Secret', metadata: { name: 'key' } });
    expect(JSON.stringify(cache.list())).not.toContain(data.key);
  });

  it('takes a status by server-side apply, without the spec, and not for another version', async () => {
    const made = await create('status', { spec: { size: 1 } });
    const options = { fieldManager: 'operator', force: true, subresource: 'status' } as const;
    const metadata = { name: 'status', namespace };
    await applyResource(
      connection,
      things,
      { metadata, spec: { size: 9 }, status: { note: 'a', other: 'b' } },
      options,
    );
    await applyResource(
      connection,
      things,
      { metadata: { ...metadata, uid: made.metadata.uid }, status: { note: 'c' } },
      options,
    );
    expect(await read('status')).toMatchObject({ spec: { size: 1 }, status: { note: 'c' } });
    expect((await read('status')).status).toEqual({ note: 'c' });
    const { resourceVersion } = made.metadata;
    await expect(
      applyResource(connection, things, { metadata: { ...metadata, resourceVersion }, status: { note: 'd' } }, options),
    ).rejects.toMatchObject({ status: 409 });
  });

  it('rejects finalizers for an object that changed meanwhile, and deletes an object that has none left', async () => {
    const { metadata } = await create('finalized', { spec: { size: 1 } });
    const at = { namespace, name: 'finalized' };
    await patchFinalizers(connection, things, { ...at, resourceVersion: metadata.resourceVersion }, [
      'test.aggregator.dev/drain',
    ]);
    await expect(
      patchFinalizers(connection, things, { ...at, resourceVersion: metadata.resourceVersion }, []),
    ).rejects.toMatchObject({ status: 409, reason: 'Conflict' });
    await remove('finalized');
    const { resourceVersion } = (await read('finalized')).metadata;
    await patchFinalizers(connection, things, { ...at, resourceVersion }, []);
    await expect(read('finalized')).rejects.toMatchObject({ status: 404 });
  });

  it('has one leader, who hands over with a higher epoch', async () => {
    const elect = (identity: string) => {
      const elector = createLeaderElector({
        connection,
        namespace,
        name: 'leader',
        identity,
        leaseMs: 8000,
        renewDeadlineMs: 6000,
        retryMs: 200,
        onStarted: () => undefined,
        onLost: () => undefined,
      });
      electors.push(elector);
      elector.start();
      return elector;
    };
    const one = elect('one');
    await waitFor(() => one.isLeader, { describe: 'the first one to lead' });
    const two = elect('two');
    const { epoch } = one;
    await one.close();
    await waitFor(() => two.isLeader, { describe: 'the second one to lead' });
    expect(two.epoch).toBeGreaterThan(epoch ?? Number.POSITIVE_INFINITY);
  });

  it('takes events, and counts them up', async () => {
    const { metadata } = await create('eventful');
    const errors: unknown[] = [];
    const recorder = createEventRecorder({
      connection,
      component: 'test',
      instance: 'pod',
      onError: (error) => errors.push(error),
    });
    const subject = {
      apiVersion: 'test.aggregator.dev/v1',
      kind: 'Thing',
      namespace,
      name: 'eventful',
      uid: metadata.uid,
    };
    const list = async () => {
      const query = { fieldSelector: 'involvedObject.name=eventful' };
      const answer = await connection.request({ method: 'GET', path: resourcePath(events, { namespace }), query });
      return z.object({ items: z.array(z.object({ count: z.number(), reason: z.string() })) }).parse(answer).items;
    };
    recorder.record(subject, 'Normal', 'Ready', 'ready');
    await waitFor(async () => (await list()).length === 1, { describe: 'the event' });
    recorder.record(subject, 'Normal', 'Ready', 'ready');
    await recorder.close();
    expect(errors).toEqual([]);
    expect(await list()).toEqual([{ count: 2, reason: 'Ready' }]);
  });
});

async function defineThings(connection: KubernetesConnection): Promise<void> {
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: open, status: open } } };
  const body = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: crds.kind,
    metadata: { name: 'things.test.aggregator.dev' },
    spec: {
      group: things.group,
      scope: 'Namespaced',
      names: { plural: things.plural, kind: things.kind },
      versions: [{ name: 'v1', served: true, storage: true, schema, subresources: { status: {} } }],
    },
  };
  await connection.request({ method: 'POST', path: resourcePath(crds), body });
  await waitFor(() => connection.request({ method: 'GET', path: resourcePath(things, { namespace }) }), {
    describe: 'things to be served',
  });
}

/** Returns the first line of a watch, or the reason why there is none. */
async function firstWord(opening: Promise<AsyncIterable<string>>): Promise<string> {
  try {
    for await (const line of await opening) return line;
    return '';
  } catch (error) {
    return JSON.stringify(error);
  }
}
