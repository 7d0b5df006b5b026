import { randomBytes, randomUUID } from 'node:crypto';
import { createMemoryExpiringStore } from '@aggregator/expiring-store';
import { createEnvelope, lastKnownGoodStore, packLastKnownGood } from '@aggregator/service-kit';
import { waitFor } from '@aggregator/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startWorld, toSnapshot, type World, type WorldOptions } from '../testing/start-world.ts';

const { key, bounds, ttlMs } = lastKnownGoodStore;
const encryptionKey = randomBytes(32).toString('base64url');
const envelope = createEnvelope([encryptionKey]);
const ref = `stored:${randomUUID()}`;

describe('a proxy that starts while the orchestrator is away', () => {
  let first: World;
  let store: ReturnType<typeof createMemoryExpiringStore>;
  const opened: World[] = [];
  beforeAll(async () => {
    first = await startWorld();
  });
  beforeEach(() => {
    store = createMemoryExpiringStore(bounds);
  });
  afterEach(async () => {
    for (const world of opened.splice(0)) await world.stop();
  });
  afterAll(() => first.stop());

  const snapshotOf = (version: number) => {
    const snapshot = toSnapshot(first.mock.url, first.scripted.url, version);
    const providers = snapshot.providers.map((one) =>
      one.name === 'scripted' ? { ...one, credentialRefs: [ref] } : one,
    );
    return { ...snapshot, providers };
  };
  const keep = async (version: number, credentials: Record<string, string>, sealing = envelope) => {
    const snapshot = snapshotOf(version);
    await store.set(key, await packLastKnownGood(sealing, snapshot, { snapshot, credentials }), ttlMs);
  };
  const start = async (options: WorldOptions = {}) => {
    const world = await startWorld({
      ...{ after: first, hasOrchestrator: false, lastKnownGood: store, ...options },
      environment: { CREDENTIALS_ENCRYPTION_KEY: encryptionKey, ...options.environment },
    });
    opened.push(world);
    return world;
  };
  const versionOf = (world: World) => world.proxy.context.routing.index?.snapshot.version;
  const resolve = (world: World) => world.proxy.context.credentials.resolve(ref);

  it('serves what the orchestrator kept, with its keys, and is ready', async () => {
    await keep(7, { [ref]: 'sk-kept' });
    const world = await start();

    expect(versionOf(world)).toBe(7);
    expect(resolve(world)).toBe('sk-kept');
    const messages = [{ role: 'user', content: 'x' }];
    expect((await world.post('/v1/chat/completions', { model: 'mock/mock-small', messages })).status).toBe(200);
    expect((await fetch(`${world.url}/health/ready`)).status).toBe(200);
  });

  it('takes the newer of that and its own disk, and the keys in either case', async () => {
    await keep(7, { [ref]: 'sk-kept' });
    const earlier = await start();
    const path = earlier.proxy.context.config.snapshotPath;
    await keep(6, { [ref]: 'sk-kept' });
    const fromDisk = await start({ environment: { SNAPSHOT_PATH: path } });
    await waitFor(() => fromDisk.proxy.context.credentials.findMissing(snapshotOf(7)).length === 0, {
      describe: 'the keys',
    });
    expect(versionOf(fromDisk)).toBe(7);
    await keep(8, { [ref]: 'sk-kept' });
    const fromStore = await start({ environment: { SNAPSHOT_PATH: path } });
    await waitFor(() => versionOf(fromStore) === 8, { describe: 'the newer one' });
  });

  it('believes the orchestrator rather than the store, and keeps the keys that it has', async () => {
    await keep(1, { [ref]: 'sk-kept' });
    const world = await start({ hasOrchestrator: true });
    world.orchestrator.credentials.set(ref, 'sk-sent');
    world.orchestrator.publish(snapshotOf(2));
    await waitFor(() => versionOf(world) === 2, { describe: 'the snapshot of the orchestrator' });

    expect(['sk-sent', 'sk-kept']).toContain(resolve(world));
  });

  it('starts from its disk where what is kept is sealed with another key', async () => {
    await keep(7, { [ref]: 'sk-kept' });
    const earlier = await start();
    const path = earlier.proxy.context.config.snapshotPath;
    await keep(9, {}, createEnvelope([randomBytes(32).toString('base64url')]));
    const world = await start({ environment: { SNAPSHOT_PATH: path } });

    expect(versionOf(world)).toBe(7);
    expect(() => resolve(world)).toThrow('upstream_misconfigured');
  });
});
