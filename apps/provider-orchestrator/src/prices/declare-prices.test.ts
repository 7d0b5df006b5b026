import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@aggregator/service-kit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createOrchestratorBench, type TestOrchestrator } from '../testing/start-orchestrator.ts';
import { readPriceFile } from './price-file.ts';

describe('the price file', () => {
  const bench = createOrchestratorBench();
  let folder: string;
  let databaseUrl: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'prices-'));
    databaseUrl = await bench.createDatabaseUrl();
  });
  afterAll(async () => {
    await bench.closeAll();
    await rm(folder, { recursive: true });
  });

  const write = async (text: string) => {
    const path = join(folder, `${crypto.randomUUID()}.json`);
    await writeFile(path, text);
    return path;
  };
  const price = (input: string) => ({ input, output: input });
  const small = { provider: 'mock', model: 'mock-small', price: price('1'), effectiveFrom: '2026-01-01T00:00:00Z' };
  const large = { provider: 'mock', model: 'mock-large', price: price('2') };
  const later = { ...large, kind: 'cost', price: price('3'), effectiveFrom: '2099-01-01T00:00:00Z' };

  /** The book after a start with this file. */
  async function startWith(...prices: object[]) {
    const environment = { PRICE_FILE: await write(JSON.stringify({ prices })) };
    const orchestrator: TestOrchestrator = await bench.start({ databaseUrl, environment });
    const rows = await orchestrator.context.database.pricePeriod.findMany({ orderBy: { id: 'asc' } });
    const { feed } = orchestrator.context;
    const models = feed.current?.providers.flatMap((provider) => provider.models) ?? [];
    const rateOf = (id: string) =>
      feed.current?.prices[models.find((model) => model.id === id)?.priceVersion ?? '']?.inputUncached;
    const rates = { small: rateOf('mock-small'), large: rateOf('mock-large') };
    await orchestrator.stop();
    return { rows, rates };
  }

  it('is the book after a start, changes nothing when it is read again, and ends what it says no more', async () => {
    const first = await startWith(small, large, later);
    expect(first.rates).toEqual({ small: '1000000', large: '2000000' });
    expect(first.rows.map(({ source, kind }) => `${source} ${kind}`)).toEqual([
      ...['file customer', 'file customer', 'file cost'],
    ]);

    expect((await startWith(small, large, later)).rows).toEqual(first.rows);

    const { rows, rates } = await startWith({ ...small, price: price('5') });
    expect(rates.small).toBe('5000000');
    expect(rates.large).not.toBe('2000000');
    expect(rows).toHaveLength(4);
    expect(rows.filter(({ effectiveTo }) => effectiveTo === null)).toHaveLength(1);
    expect(rows.find(({ kind }) => kind === 'cost')).toMatchObject({
      effectiveTo: new Date(later.effectiveFrom),
    });
  });

  it('keeps a price until the next one of the same model begins, for any number and order of reads', async () => {
    const past = {
      ...large,
      price: price('7'),
      effectiveFrom: '2026-01-01T00:00:00Z',
      effectiveTo: '2026-02-01T00:00:00Z',
    };
    const older = { ...small, price: price('8'), effectiveFrom: '2025-01-01T00:00:00Z' };
    const next = { ...large, price: price('4'), effectiveFrom: '2099-01-01T00:00:00Z' };
    const first = await startWith(next, past, small, older, large);
    expect(first.rates).toEqual({ small: '1000000', large: '2000000' });

    const again = await startWith(large, older, small, next, past);
    expect(again.rates).toEqual(first.rates);
    expect(again.rows).toEqual(first.rows);
  });

  it('continues a price after one that interrupts it', async () => {
    const [from, to] = ['2098-01-01T00:00:00Z', '2098-02-01T00:00:00Z'];
    const offer = { ...small, price: price('0.5'), effectiveFrom: from, effectiveTo: to };
    const { rows } = await startWith(small, offer);
    const spans = rows.filter(
      ({ model, effectiveTo }) => model === 'mock-small' && !(effectiveTo && effectiveTo <= new Date()),
    );

    expect(spans.map(({ effectiveTo }) => effectiveTo?.toISOString() ?? null)).toEqual([
      ...[new Date(from).toISOString(), new Date(to).toISOString(), null],
    ]);
    expect(spans[2]).toMatchObject({ priceVersion: spans[0]?.priceVersion, effectiveFrom: new Date(to) });
    expect((await startWith(offer, small)).rows).toEqual(rows);
  });

  it('sets markups and discounts, ends those that it says no more, and makes nothing free', async () => {
    const start = async (rules: object[]) => {
      const environment = { PRICE_FILE: await write(JSON.stringify({ rules })) };
      const orchestrator = await bench.start({ databaseUrl, environment });
      const rows = await orchestrator.context.database.priceRule.findMany({ orderBy: { id: 'asc' } });
      const published = orchestrator.context.feed.current?.priceRules;
      await orchestrator.stop();
      return { rows, published };
    };
    const markup = { models: '*', multiplierPpm: 1_250_000 };
    const discount = { organizationId: '0190a000-0000-7000-8000-00000000000a', models: '*', multiplierPpm: 900_000 };
    const first = await start([markup, discount]);
    expect(first.published).toEqual([markup, discount]);
    expect(first.rows.map(({ source }) => source)).toEqual(['file', 'file']);
    expect(await start([markup, discount])).toEqual(first);

    expect((await start([markup])).published).toEqual([markup]);
    const free = await write(JSON.stringify({ rules: [{ ...markup, multiplierPpm: 0 }] }));
    expect(() => readPriceFile(free)).toThrow(/rules\.0\.multiplierPpm/);
    expect((await start([])).published).toBeUndefined();
  });

  it('takes 5,000 prices and rules at one start', async () => {
    const names = Array.from({ length: 5000 }, (_, at) => `many-${at}`);
    const prices = names.map((model) => ({ ...large, model }));
    const rules = names.map((name) => ({ models: `mock/${name}`, multiplierPpm: 900_000 }));
    const environment = { PRICE_FILE: await write(JSON.stringify({ prices, rules })) };
    const orchestrator = await bench.start({ databaseUrl, environment });
    const { database, feed } = orchestrator.context;

    expect(await database.pricePeriod.count({ where: { model: { startsWith: 'many-' }, effectiveTo: null } })).toBe(
      5000,
    );
    expect(feed.current?.priceRules).toHaveLength(5000);
    await orchestrator.stop();
  });

  it('is refused as a whole if it cannot be read, with the place', async () => {
    const broken = await write(JSON.stringify({ prices: [{ ...small, price: { output: '1' } }] }));

    expect(() => readPriceFile(broken)).toThrow(ConfigError);
    expect(() => readPriceFile(broken)).toThrow(/prices\.0\.price\.input/);
    expect(() => readPriceFile(join(folder, 'none.json'))).toThrow(/PRICE_FILE/);
    const empty = await write('{}');
    expect(() => readPriceFile(empty)).toThrow(/neither 'prices' nor 'rules'/);
  });
});
