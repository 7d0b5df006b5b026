import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { migrateDatabase } from '@aggregator/database';
import { createTestDatabase, type TestDatabase } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type Database } from './create-database.ts';

const migrationsDirectory = fileURLToPath(
  new URL('../../../../prisma/provider-orchestrator/migrations/', import.meta.url),
);
const migration = readFileSync(`${migrationsDirectory}/20261130124300_picture_prices/migration.sql`, 'utf8');
const version = (name: string) => `shop/${name}@0123456789abcdef`;

let test: TestDatabase;
let database: Database;
beforeAll(async () => {
  test = await createTestDatabase({ isEmpty: true });
  await migrateDatabase({ url: test.url, migrationsDirectory });
  database = createDatabase({ url: test.url, connectionsMax: 2, onError: () => undefined });
  const rates = {
    picture: { inputUncached: '0', imageOut: '40000000000' },
    tokens: { inputUncached: '5000000', imageOut: '40000000' },
    chat: { inputUncached: '1', outputText: '1', imageOut: '40000000000' },
  };
  await database.provider.create({
    data: {
      ...{ name: 'shop', type: 'OpenAICompatible', baseUrl: 'https://shop.example/v1', credentialRefs: ['none'] },
      ...{ options: {}, source: 'api', enabled: true, isAddressTrusted: false },
    },
  });
  for (const [id, price] of Object.entries(rates)) {
    await database.modelPrice.create({ data: { version: version(id), rates: price, source: 'api' } });
    const operations = [id === 'chat' ? 'chat.completions' : 'images.generations'];
    await database.model.create({
      data: { providerName: 'shop', id, operations, contextLength: 1000, capabilities: [], priceVersion: version(id) },
    });
  }
  for (const statement of migration.split(';').filter((text) => text.includes('"'))) {
    await database.$executeRawUnsafe(statement);
  }
});
afterAll(async () => {
  await database.$disconnect();
  await test.drop();
});

const readPrice = async (id: string) =>
  (await database.model.findFirst({ where: { id }, include: { price: true } }))?.price;

describe('the migration of the prices of pictures', () => {
  it('gives a picture its own component in a new version, and keeps the old version for old charges', async () => {
    expect(await readPrice('picture')).toMatchObject({
      version: 'shop/picture@0123456789abcdef~0123456789abcdef~pic',
      rates: { inputUncached: '0', images: '40000000000' },
    });
    expect(await database.modelPrice.findFirst({ where: { version: version('picture') } })).toMatchObject({
      rates: { imageOut: '40000000000' },
    });
  });

  it.each(['tokens', 'chat'])('leaves the price of %s as it is', async (id) => {
    expect(await readPrice(id)).toMatchObject({ version: version(id) });
  });
});
