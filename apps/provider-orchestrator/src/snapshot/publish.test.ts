import { routingSnapshot } from '@aggregator/contracts';
import type { QueryRows } from '@aggregator/database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Database, openDatabase } from '../database/create-database.ts';
import type { DeclaredProvider } from '../registry/declared-provider.ts';
import { writeEnvironmentProviders } from '../registry/write-environment-providers.ts';
import { createOrchestratorBench } from '../testing/start-orchestrator.ts';
import { lookAtRegistry, publishChange, readNewerSnapshot } from './publish.ts';

const nothingKnown = { epoch: 0, version: 0 };

function declared(name: string, inputRate: string): DeclaredProvider {
  return {
    name,
    type: 'OpenAI',
    baseUrl: 'https://api.example.com/v1',
    credentialRefs: ['env:OPENAI_API_KEY'],
    options: {},
    models: [
      {
        id: 'm',
        operations: ['chat.completions'],
        contextLength: 1000,
        maxOutputTokens: 100,
        capabilities: [],
        firstLifeMs: null,
        price: { rates: { inputUncached: inputRate, outputText: '2' }, source: 'test' },
      },
    ],
  };
}

describe('publishing the registry', () => {
  const bench = createOrchestratorBench();
  let database: Database;
  let query: QueryRows;
  const open = async () =>
    openDatabase({ url: await bench.createDatabaseUrl(), connectionsMax: 10, onError: () => undefined });
  const declare = (...providers: DeclaredProvider[]) =>
    publishChange(database, (tx) => writeEnvironmentProviders(tx, providers, 0));

  beforeAll(async () => {
    ({ database, query } = await open());
  });
  afterAll(async () => {
    await database.$disconnect();
    await bench.closeAll();
  });

  it('has nothing to read before the first time', async () => {
    expect(await readNewerSnapshot(database, nothingKnown)).toBeNull();
    expect(await lookAtRegistry(query, nothingKnown)).toEqual({
      ...{ arePricesDue: false, isNewer: false, priceAgeSeconds: null },
    });
  });

  it('grows the version when the content changes, and only then', async () => {
    const first = await declare(declared('p', '1'));
    const again = await declare(declared('p', '1'));
    const dearer = await declare(declared('p', '2'));

    expect([first, again, dearer].map(({ isNew, snapshot }) => [isNew, snapshot.version])).toEqual([
      [true, 1],
      [false, 1],
      [true, 2],
    ]);
    expect(again.snapshot).toEqual(first.snapshot);
    expect(routingSnapshot.parse(dearer.snapshot)).toEqual(dearer.snapshot);
  });

  it('is read back as it was published by a reader that does not have it yet', async () => {
    const { snapshot } = await declare(declared('p', '3'));

    expect(await readNewerSnapshot(database, nothingKnown)).toEqual(snapshot);
    expect(await readNewerSnapshot(database, { ...snapshot, version: snapshot.version - 1 })).toEqual(snapshot);
    expect(await readNewerSnapshot(database, snapshot)).toBeNull();
    expect(await readNewerSnapshot(database, { epoch: snapshot.epoch + 1, version: 1 })).toBeNull();
    const isNewer = async (known: { epoch: number; version: number }) => (await lookAtRegistry(query, known)).isNewer;
    expect(await isNewer(nothingKnown)).toBe(true);
    expect(await isNewer({ ...snapshot, version: snapshot.version - 1 })).toBe(true);
    expect(await isNewer(snapshot)).toBe(false);
    expect(await isNewer({ epoch: snapshot.epoch + 1, version: 1 })).toBe(false);
    expect((await lookAtRegistry(query, snapshot)).priceAgeSeconds).toBeGreaterThanOrEqual(0);
  });

  it('takes the change back where it fails, and publishes nothing of it', async () => {
    const before = await declare(declared('p', '4'));
    const failing = publishChange(database, async (tx) => {
      await writeEnvironmentProviders(tx, [declared('half-way', '1')], 0);
      throw new Error('canary');
    });

    await expect(failing).rejects.toThrow('canary');
    expect(await readNewerSnapshot(database, nothingKnown)).toEqual(before.snapshot);
    expect(await database.provider.findMany({ select: { name: true } })).toEqual([{ name: 'p' }]);
  });

  it('gives each of many simultaneous changes a separate version', async () => {
    const before = await declare(declared('p', '5'));
    const published = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        publishChange(database, (tx) =>
          tx.provider.create({
            data: {
              name: `api-${index}`,
              type: 'OpenAI',
              baseUrl: 'https://api.example.com/v1',
              credentialRefs: ['none'],
              source: 'api',
            },
          }),
        ),
      ),
    );

    const versions = published.map(({ snapshot }) => snapshot.version - before.snapshot.version);
    expect(versions.sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('keeps what the API declared, and takes away what the environment declares no longer', async () => {
    const shadowed = await publishChange(database, async (tx) => {
      expect(await writeEnvironmentProviders(tx, [declared('api-0', '1'), declared('q', '1')], 0)).toEqual(['api-0']);
    });

    const names = shadowed.snapshot.providers.map(({ name, models }) => [name, models.length]);
    expect(names).toContainEqual(['api-0', 0]);
    expect(names).toContainEqual(['q', 1]);
    expect(names.map(([name]) => name)).not.toContain('p');
  });

  it('leaves out a provider that is switched off', async () => {
    const { snapshot } = await publishChange(database, (tx) =>
      tx.provider.update({ where: { name: 'api-0' }, data: { enabled: false } }),
    );

    expect(snapshot.providers.map(({ name }) => name)).not.toContain('api-0');
  });

  it('begins a later epoch in a registry that is new, so that it wins over the one before', async () => {
    const known = await readNewerSnapshot(database, nothingKnown);
    const { database: other } = await open();
    const { snapshot } = await publishChange(other, (tx) => writeEnvironmentProviders(tx, [declared('p', '1')], 0));
    await other.$disconnect();

    expect(snapshot.version).toBe(1);
    expect(snapshot.epoch).toBeGreaterThan(known?.epoch ?? Number.POSITIVE_INFINITY);
  });

  it('keeps every price for ever as it was', async () => {
    const prices = await database.modelPrice.findMany({ orderBy: { version: 'asc' } });
    expect(prices.length).toBeGreaterThanOrEqual(5);

    for (const refused of [
      database.modelPrice.updateMany({ data: { source: 'other' } }),
      database.modelPrice.deleteMany(),
      database.$executeRaw`TRUNCATE model_price CASCADE`,
    ]) {
      await expect(refused).rejects.toThrow(/immutable/);
    }
    expect(await database.modelPrice.findMany({ orderBy: { version: 'asc' } })).toEqual(prices);
  });
});
