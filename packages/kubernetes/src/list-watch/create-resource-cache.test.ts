import { waitFor } from '@aggregator/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { connectKubernetes } from '../connection/connect-kubernetes.ts';
import type { KubernetesConnection, ResourceCache } from '../port.ts';
import { type FakeApiServer, type Fault, startFakeApiServer } from '../testing/index.ts';
import { createResourceCache, type ResourceCacheOptions } from './create-resource-cache.ts';

const providers = { group: 'aggregator.dev', version: 'v1alpha1', plural: 'providers', kind: 'Provider' };
const secrets = { group: '', version: 'v1', plural: 'secrets', kind: 'Secret' };
const provider = z.looseObject({
  metadata: z.looseObject({ name: z.string(), uid: z.string() }),
  spec: z.object({ type: z.string() }),
});
type Provider = z.output<typeof provider>;
const isList = (call: { path: string }) => !call.path.includes('watch=true');
const isWatch = (call: { path: string }) => call.path.includes('watch=true');

describe('createResourceCache', () => {
  let server: FakeApiServer;
  let connection: KubernetesConnection;
  let reported: string[];
  let errors: unknown[];
  let restarts: string[];
  const caches: ResourceCache<unknown>[] = [];

  beforeEach(async () => {
    server = await startFakeApiServer({ kinds: [providers] });
    connection = connectKubernetes({
      kubeconfigPath: server.kubeconfigPath,
      callsPerSecond: 1000,
      callsBurst: 1000,
      random: () => 0,
    });
    reported = [];
    errors = [];
    restarts = [];
  });
  afterEach(async () => {
    await Promise.all(caches.splice(0).map((cache) => cache.close()));
    await connection.close();
    await server.close();
  });

  function create(options: Partial<ResourceCacheOptions<Provider>> = {}): ResourceCache<Provider> {
    const cache = createResourceCache<Provider>({
      connection,
      kind: providers,
      namespaces: null,
      parse: (object) => provider.parse(object),
      onError: (error) => errors.push(error),
      onRestart: (_, reason) => restarts.push(reason),
      // Back-offs of nothing: what is tested is that it comes back, not when.
      random: () => 0,
      ...options,
    });
    cache.onChange(({ namespace, name }) => reported.push(`${namespace}/${name}`));
    caches.push(cache);
    return cache;
  }
  async function createSynced(options: Partial<ResourceCacheOptions<Provider>> = {}) {
    const cache = create(options);
    cache.start();
    await cache.whenSynced();
    await watched(cache);
    return cache;
  }
  const add = (name: string, type = 'OpenAI', namespace = 'a') =>
    server.objects.create(providers, { metadata: { name, namespace, labels: { type } }, spec: { type } });
  const namesOf = (cache: ResourceCache<Provider>) =>
    cache
      .list()
      .map(({ metadata }) => metadata.name)
      .sort();
  const holds = (cache: ResourceCache<Provider>, names: string[]) =>
    waitFor(() => namesOf(cache).join() === names.join(), {
      describe: () => `${names} to be cached; there are ${namesOf(cache)}`,
    });
  const watched = (cache: ResourceCache<unknown>) =>
    waitFor(() => cache.hasSynced && server.watches.size === 1, { describe: 'one open watch' });
  const watches = () => server.calls.filter(isWatch).length;
  const lists = () => server.calls.filter(isList).length;

  it('holds what is there, and follows what comes, changes and goes', async () => {
    add('one');
    const cache = await createSynced();
    expect(namesOf(cache)).toEqual(['one']);
    const two = add('two');
    await holds(cache, ['one', 'two']);
    server.objects.update(providers, { ...two, spec: { type: 'Anthropic' } });
    await waitFor(() => cache.get('a', 'two')?.spec.type === 'Anthropic', { describe: 'the change' });
    server.objects.remove(providers, 'a', 'two');
    await holds(cache, ['one']);
    expect(reported).toEqual(['a/one', 'a/two', 'a/two', 'a/two']);
    expect([watches(), lists()]).toEqual([1, 1]);
  });

  it('lists a thousand objects in pages of five hundred', async () => {
    for (let at = 0; at < 1001; at += 1) add(`p${at}`);
    const cache = await createSynced();
    expect(cache.list()).toHaveLength(1001);
    expect(lists()).toBe(3);
  });

  it('begins the list again when its pages expire on the way', async () => {
    for (let at = 0; at < 600; at += 1) add(`p${at}`);
    server.fault({ matches: (call) => call.path.includes('continue='), status: 410, times: 1 });
    const cache = await createSynced();
    expect(cache.list()).toHaveLength(600);
    expect(lists()).toBe(4);
  });

  it('asks for bookmarks, and continues from the last one', async () => {
    const cache = await createSynced();
    expect(server.calls.at(-1)?.path).toContain('allowWatchBookmarks=true');
    expect(server.calls.at(-1)?.path).toMatch(/timeoutSeconds=29\d/);
    server.objects.create(secrets, { metadata: { name: 'other', namespace: 'a' } });
    const heardMs = cache.lastHeardMs;
    server.watches.bookmark();
    await waitFor(() => cache.lastHeardMs > heardMs, { describe: 'the bookmark' });
    server.compact();
    server.watches.cut();
    await waitFor(() => watches() === 2, { describe: 'a second watch' });
    expect(server.calls.at(-1)?.path).toContain('resourceVersion=101');
    expect(lists()).toBe(1);
  });

  describe('comes back, with all that happened meanwhile', () => {
    const whileAway = async (cache: ResourceCache<Provider>) => {
      await waitFor(() => server.watches.size === 0 || restarts.length > 0, { describe: 'the end of the watch' });
      await holds(cache, ['kept', 'new']);
      await watched(cache);
    };
    const change = () => {
      server.objects.remove(providers, 'a', 'gone');
      add('new');
    };

    it.each<[string, Fault]>([
      ['a 410', { matches: isWatch, status: 410, reason: 'Expired', times: 3 }],
      ['a 503', { matches: isWatch, status: 503, times: 3 }],
      ['a storm of 429', { matches: () => true, status: 429, times: 15 }],
      ['a 403', { matches: isWatch, status: 403, times: 3 }],
      ['a refused token', { matches: isWatch, status: 401, times: 3 }],
      ['broken connections', { matches: isWatch, instead: 'reset', times: 3 }],
    ])('after %s', async (_, fault) => {
      add('gone');
      add('kept');
      const cache = await createSynced();
      server.watches.mute(true);
      server.fault(fault);
      change();
      server.watches.mute(false);
      server.watches.cut();
      await whileAway(cache);
    });

    it('after failed lists, as after failed watches', async () => {
      server.fault({ matches: isList, status: 503, times: 7 });
      server.fault({ matches: isList, instead: 'reset', times: 7 });
      server.fault({ matches: isList, status: 403, times: 2 });
      add('kept');
      const cache = await createSynced();
      expect(namesOf(cache)).toEqual(['kept']);
    });

    it('after an ERROR 410 within the stream', async () => {
      add('gone');
      add('kept');
      const cache = await createSynced();
      server.watches.drop(2);
      change();
      server.compact();
      server.watches.fail(410, 'Expired');
      await whileAway(cache);
      expect(lists()).toBe(2);
    });

    it('after half a line', async () => {
      add('gone');
      add('kept');
      const cache = await createSynced();
      server.watches.drop(2);
      change();
      server.watches.cut('{"type":"ADDED","object":{"metada');
      await whileAway(cache);
      expect(lists()).toBe(1);
    });

    it('after a line that is no JSON', async () => {
      add('gone');
      add('kept');
      const cache = await createSynced();
      server.watches.drop(2);
      change();
      server.watches.write('<html>\n');
      await whileAway(cache);
    });

    it('after a silence that is longer than any between two bookmarks', async () => {
      add('gone');
      add('kept');
      const cache = await createSynced({ silenceMsMax: 400 });
      server.watches.mute(true);
      change();
      server.watches.mute(false);
      await whileAway(cache);
      expect(restarts).toContain('Silent');
    });

    it('after a restart of the API server', async () => {
      add('gone');
      add('kept');
      const cache = await createSynced();
      await server.stop();
      change();
      await waitFor(() => restarts.length > 1, { describe: 'a vain attempt' });
      await server.start();
      await whileAway(cache);
    });

    it('after events that were never sent, by listing again', async () => {
      add('gone');
      add('kept');
      const cache = await createSynced({ resyncMs: 200 });
      server.watches.drop(2);
      change();
      await holds(cache, ['kept', 'new']);
    });

    it('from a version that the API server does not know, as after a restored backup', async () => {
      add('kept');
      const cache = await createSynced();
      const restored = server.fault({
        matches: (call) => isWatch(call) && lists() < 2,
        status: 504,
        reason: 'Timeout',
      });
      server.watches.cut();
      await waitFor(() => lists() === 2, { describe: 'a second list' });
      restored();
      await watched(cache);
    });
  });

  it('takes an object that was deleted and made again for another one', async () => {
    const first = add('one');
    const cache = await createSynced();
    server.watches.drop(2);
    server.objects.remove(providers, 'a', 'one');
    const second = add('one');
    reported.length = 0;
    server.watches.fail(410, 'Expired');
    await waitFor(() => cache.get('a', 'one')?.metadata.uid === second.metadata.uid, { describe: 'the second one' });
    expect(second.metadata.uid).not.toBe(first.metadata.uid);
    expect(reported).toEqual(['a/one']);
  });

  it('reports every object at each resync', async () => {
    add('one');
    add('two');
    await createSynced({ resyncMs: 50 });
    reported.length = 0;
    await waitFor(() => reported.filter((key) => key === 'a/two').length >= 2, { describe: 'two resyncs' });
  });

  it('watches once however often it is started', async () => {
    const cache = create();
    cache.start();
    cache.start();
    await watched(cache);
    cache.start();
    add('one');
    await holds(cache, ['one']);
    expect([watches(), lists(), reported]).toEqual([1, 1, ['a/one']]);
  });

  it('opens nothing any more once it is closed, also in the middle of a back-off', async () => {
    server.fault({ status: 403 });
    const cache = create({ random: () => 1 });
    cache.start();
    await waitFor(() => restarts.length === 1, { describe: 'the first failure' });
    await cache.close();
    cache.start();
    const seen = server.calls.length;
    expect(server.watches.size).toBe(0);
    await expect(cache.whenSynced()).rejects.toMatchObject({ reason: 'Closed' });
    expect(server.calls).toHaveLength(seen);
  });

  it('reports a listener that throws, and notifies the others', async () => {
    const cache = create();
    const alsoChanged: string[] = [];
    cache.onChange(() => {
      throw new Error('broken listener');
    });
    cache.onChange(({ name }) => alsoChanged.push(name));
    add('one');
    add('two');
    cache.start();
    await holds(cache, ['one', 'two']);
    expect(alsoChanged).toEqual(['one', 'two']);
    expect(errors).toHaveLength(2);
  });

  it('leaves out what cannot be parsed, says so once, and takes it when it is mended', async () => {
    const broken = server.objects.create(providers, { metadata: { name: 'broken', namespace: 'a' }, spec: {} });
    add('fine');
    const cache = await createSynced();
    server.watches.fail(410, 'Expired');
    await waitFor(() => lists() === 2, { describe: 'a second list' });
    await watched(cache);
    expect(namesOf(cache)).toEqual(['fine']);
    expect(errors.map(String)).toEqual(['Error: a/broken is left out: it cannot be parsed']);
    server.objects.update(providers, { ...broken, spec: { type: 'OpenAI' } });
    await holds(cache, ['broken', 'fine']);
  });

  it('holds no more objects than it may', async () => {
    const cache = await createSynced({ objectsMax: 2 });
    for (const name of ['one', 'two', 'three']) add(name);
    await waitFor(() => errors.length === 1, { describe: 'the third one to be refused' });
    expect(namesOf(cache)).toEqual(['one', 'two']);
  });

  it('waits no longer than its signal allows for a list that does not come', async () => {
    server.fault({ status: 503 });
    const cache = create();
    cache.start();
    await expect(cache.whenSynced(AbortSignal.timeout(30))).rejects.toMatchObject({ name: 'TimeoutError' });
    expect([cache.hasSynced, cache.lastHeardMs]).toEqual([false, 0]);
  });

  describe('of several namespaces', () => {
    it('has synced when each of them has, and holds nothing of others', async () => {
      add('one', 'OpenAI', 'a');
      add('two', 'OpenAI', 'b');
      add('three', 'OpenAI', 'c');
      const held = server.fault({ matches: (call) => call.path.includes('/namespaces/b/'), status: 403 });
      const cache = create({ namespaces: ['a', 'b', 'b'] });
      cache.start();
      await holds(cache, ['one']);
      expect(cache.hasSynced).toBe(false);
      expect(cache.lastHeardMs).toBe(0);
      held();
      await cache.whenSynced();
      expect(namesOf(cache)).toEqual(['one', 'two']);
    });

    it('relists one without losing the others', async () => {
      add('one', 'OpenAI', 'a');
      add('two', 'OpenAI', 'b');
      const cache = create({ namespaces: ['a', 'b'] });
      cache.start();
      await waitFor(() => server.watches.size === 2, { describe: 'two watches' });
      server.watches.fail(410, 'Expired');
      await waitFor(() => lists() === 4, { describe: 'two more lists' });
      await waitFor(() => server.watches.size === 2, { describe: 'two watches' });
      expect(namesOf(cache)).toEqual(['one', 'two']);
    });
  });

  it('follows a selector: what loses the label is gone', async () => {
    const one = add('one', 'OpenAI');
    add('two', 'Anthropic');
    const cache = await createSynced({ labelSelector: 'type=OpenAI' });
    expect(namesOf(cache)).toEqual(['one']);
    server.objects.update(providers, { ...one, metadata: { ...one.metadata, labels: {} } });
    await holds(cache, []);
  });
});
