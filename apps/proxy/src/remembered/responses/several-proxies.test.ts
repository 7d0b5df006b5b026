import { createMemoryExpiringStore } from '@aggregator/expiring-store';
import { createUuidV7 } from '@aggregator/service-kit';
import { describe, expect, it } from '@jest/globals';
import { SealedRecords } from './sealed-records.ts';
import { StoredConversations } from './stored-conversations.ts';

const bounds = { entriesMax: 100, bytesMax: 10_000_000, valueBytesMax: 1_000_000 };
const caller = { orgId: createUuidV7(), userId: createUuidV7(), keyId: createUuidV7() };
const openStore = () => createMemoryExpiringStore(bounds);
const openProxy = (store: ReturnType<typeof openStore>) =>
  new StoredConversations(new SealedRecords(store, 'conversation', 60_000));
const methodsOf = (store: ReturnType<typeof openStore>) => ({
  get: store.get.bind(store),
  getMany: store.getMany.bind(store),
  set: store.set.bind(store),
  delete: store.delete.bind(store),
  close: store.close.bind(store),
});
const item = (content: string) => ({ type: 'message', role: 'user', content });
const contentsOf = (found: { items: readonly unknown[] } | null) =>
  found?.items.map((one) => (one as { content: string }).content);

describe('a conversation that several proxies change at the same time', () => {
  it('has the turns of all of them', async () => {
    const store = openStore();
    const proxies = Array.from({ length: 4 }, () => openProxy(store));
    const made = await proxies[0]?.create(caller, { createdAt: 1, metadata: {}, items: [] });
    const id = made?.id ?? '';
    const turns = Array.from({ length: 20 }, (_none, at) => `turn ${at}`);
    await Promise.all(
      turns.map((turn, at) => proxies[at % 4]?.change(caller, id, ({ items }) => ({ items: [...items, item(turn)] }))),
    );

    expect(contentsOf((await proxies[0]?.read(caller, id)) ?? null)?.sort()).toEqual(turns.sort());
  });

  it('has a turn once if the store kept it and did not answer', async () => {
    const store = openStore();
    const proxy = openProxy({
      ...methodsOf(store),
      async replace(...change) {
        await store.replace(...change);
        return false;
      },
    });
    const made = await openProxy(store).create(caller, { createdAt: 1, metadata: {}, items: [] });
    const id = made?.id ?? '';
    await proxy.change(caller, id, ({ items }) => ({ items: [...items, item('once')] }));

    expect(contentsOf(await openProxy(store).read(caller, id))).toEqual(['once']);
  });

  it('is rejected with conflict if others come first each time', async () => {
    const store = openStore();
    const made = await openProxy(store).create(caller, { createdAt: 1, metadata: {}, items: [] });
    const proxy = openProxy({ ...methodsOf(store), replace: async () => false });

    await expect(proxy.change(caller, made?.id ?? '', ({ items }) => ({ items }))).rejects.toMatchObject({
      code: 'conflict',
    });
  });
});
