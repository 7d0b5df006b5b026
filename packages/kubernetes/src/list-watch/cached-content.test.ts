import { waitFor } from '@aggregator/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connectKubernetes } from '../connection/connect-kubernetes.ts';
import type { KubernetesConnection, ResourceCache, ResourceKind } from '../port.ts';
import { type FakeApiServer, startFakeApiServer } from '../testing/index.ts';
import { createResourceCache } from './create-resource-cache.ts';

const configMaps = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap' };
const secrets = { group: '', version: 'v1', plural: 'secrets', kind: 'Secret' };
const data = { k: 'c2VjcmV0' };

describe('a cache never holds', () => {
  let server: FakeApiServer;
  let connection: KubernetesConnection;
  let parsed: string[];
  let cache: ResourceCache<unknown> | undefined;

  beforeEach(async () => {
    server = await startFakeApiServer();
    connection = connectKubernetes({ kubeconfigPath: server.kubeconfigPath });
    parsed = [];
  });
  afterEach(async () => {
    await cache?.close();
    await connection.close();
    await server.close();
  });

  function create(kind: ResourceKind, metadataOnly: boolean): ResourceCache<unknown> {
    return createResourceCache<unknown>({
      connection,
      kind,
      namespaces: null,
      metadataOnly,
      parse(object) {
        parsed.push(JSON.stringify(object));
        return object;
      },
    });
  }
  async function sync(made: ResourceCache<unknown>): Promise<void> {
    cache = made;
    made.start();
    await made.whenSynced();
    await waitFor(() => server.watches.size === 1, { describe: 'the watch' });
  }

  it('the data of a Secret, although the API server sends it', async () => {
    const annotations = {
      'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ data }),
      mine: 'yes',
    };
    server.objects.create(secrets, { metadata: { name: 'key', namespace: 'a', annotations }, data });
    await sync(create(secrets, true));
    expect(parsed.join()).toContain('"mine":"yes"');
    const metadata = { name: 'raw', namespace: 'a', resourceVersion: '900', uid: 'u' };
    server.watches.write(`${JSON.stringify({ type: 'ADDED', object: { metadata, data } })}\n`);
    await waitFor(() => parsed.length === 2, { describe: 'the second Secret' });
    const accepts = server.calls.map(({ headers }) => String(headers.accept));
    expect(accepts.every((accept) => accept.includes('as=PartialObjectMetadata'))).toBe(true);
    expect(parsed.join() + JSON.stringify(cache?.list())).not.toContain(data.k);
  });

  it('Secrets at all, unless by their metadata', () => {
    expect(() => create(secrets, false)).toThrow(RangeError);
  });

  it('who manages which field', async () => {
    server.objects.create(configMaps, { metadata: { name: 'one', namespace: 'a' }, data: { mode: 'x' } });
    await sync(create(configMaps, false));
    expect(parsed).toHaveLength(1);
    expect(parsed[0]).not.toContain('managedFields');
    expect(parsed[0]).toContain('"kind":"ConfigMap"');
    expect(parsed[0]).toContain('"mode":"x"');
  });
});
