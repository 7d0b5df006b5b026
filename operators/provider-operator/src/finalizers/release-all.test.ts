import { crdApiVersion, drainFinalizer } from '@aggregator/contracts';
import { connectKubernetes } from '@aggregator/kubernetes';
import { startFakeApiServer } from '@aggregator/kubernetes/testing';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { providerKind } from '../watch/kinds.ts';
import { releaseAll } from './release-all.ts';

const signal = AbortSignal.timeout(60_000);
let server: Awaited<ReturnType<typeof startFakeApiServer>>;
let connection: ReturnType<typeof connectKubernetes>;
beforeAll(async () => {
  server = await startFakeApiServer({ kinds: [providerKind] });
  connection = connectKubernetes({ kubeconfigPath: server.kubeconfigPath });
});
afterAll(async () => {
  await connection.close();
  await server.stop();
});

function create(name: string, namespace: string, spec: object, finalizers: string[]): void {
  server.objects.create(providerKind, {
    apiVersion: crdApiVersion,
    kind: 'Provider',
    metadata: { name, namespace, finalizers },
    spec: { type: 'Mock', ...spec },
  });
}
const finalizersOf = (name: string, namespace: string) =>
  server.objects.find(providerKind, namespace, name)?.metadata.finalizers ?? [];

it('lets go of every Provider of the class, and leaves them, other classes and other finalizers where they are', async () => {
  create('ours', 'a', {}, [drainFinalizer, 'example.com/keep']);
  create('theirs', 'a', { className: 'other' }, [drainFinalizer]);
  create('elsewhere', 'b', { className: 'default' }, [drainFinalizer]);
  create('free', 'b', {}, []);

  expect(await releaseAll(connection, { className: 'default', namespaces: ['a'], signal })).toBe(1);
  expect(finalizersOf('elsewhere', 'b')).toEqual([drainFinalizer]);
  expect(await releaseAll(connection, { className: 'default', namespaces: null, signal })).toBe(1);

  expect(finalizersOf('ours', 'a')).toEqual(['example.com/keep']);
  expect(finalizersOf('theirs', 'a')).toEqual([drainFinalizer]);
  expect(finalizersOf('elsewhere', 'b')).toEqual([]);
  expect(await releaseAll(connection, { className: 'default', namespaces: null, signal })).toBe(0);
});
