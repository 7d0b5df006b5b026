import { createMemoryExpiringStore } from '@aggregator/expiring-store';
import { createEnvelope, lastKnownGoodStore, packLastKnownGood, unpackLastKnownGood } from '@aggregator/service-kit';
import { waitFor } from '@aggregator/testing';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { declared, declarerAt, newCredential } from '../testing/declare.ts';
import { createOrchestratorBench, encryptionKey } from '../testing/start-orchestrator.ts';

const { key, bounds, ttlMs } = lastKnownGoodStore;
const envelope = createEnvelope([encryptionKey]);
const environment = { CREDENTIALS_ENCRYPTION_KEY: encryptionKey };

describe('the last known good state', () => {
  const bench = createOrchestratorBench();
  afterAll(() => bench.closeAll());

  const readState = async (store: ReturnType<typeof createMemoryExpiringStore>) => {
    const text = await store.get(key);
    return text === null ? null : await unpackLastKnownGood(envelope, text);
  };

  it('is what is published and the keys for it, after each change', async () => {
    const store = createMemoryExpiringStore(bounds);
    const orchestrator = await bench.start({ environment, lastKnownGood: store });
    const operator = declarerAt(orchestrator.url);
    const credential = newCredential('p', 'sk-kept');
    await operator.hand({ epoch: 1, sequence: 1 }, [credential]);
    await operator.declare({ epoch: 1, sequence: 2 }, [declared('p', { credentialIds: [credential.id] })]);
    const current = orchestrator.context.feed.current;
    const state = await waitFor(
      async () => {
        const kept = await readState(store);
        return Object.keys(kept?.credentials ?? {}).length > 0 && kept;
      },
      { describe: 'the declared provider to be kept' },
    );

    expect(state).toEqual({ snapshot: current, credentials: { [`stored:${credential.id}`]: 'sk-kept' } });
  });

  it('never gives way to an older one', async () => {
    const store = createMemoryExpiringStore(bounds);
    const newer = { epoch: Number.MAX_SAFE_INTEGER % 1e15, version: 1 };
    const text = await packLastKnownGood(envelope, newer, { snapshot: newer, credentials: {} });
    await store.set(key, text, ttlMs);
    const orchestrator = await bench.start({ environment, lastKnownGood: store });
    const read = jest.spyOn(store, 'get');
    await waitFor(() => read.mock.calls.length > 0, { describe: 'the write to be thought of' });
    await orchestrator.stop();

    expect(await store.get(key)).toBe(text);
  });
});
