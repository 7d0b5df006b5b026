import { priceChange, priceDifferences, pricePage, priceRuleChange, priceRulePage } from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asPrincipal, createOrchestratorBench, type TestOrchestrator } from '../testing/start-orchestrator.ts';

const own = '0192f0c0-0000-7000-8000-00000000000a';

describe('the price book', () => {
  const bench = createOrchestratorBench();
  let orchestrator: TestOrchestrator;
  beforeAll(async () => {
    orchestrator = await bench.start();
  });
  afterAll(() => bench.closeAll());

  async function call(method: string, path: string, body?: unknown) {
    const response = await fetch(`${orchestrator.url}/v1/orchestrator${path}`, {
      method,
      headers: { ...(await asPrincipal(['prices:manage'])), 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as unknown };
  }
  const set = (model: string, more: object = {}, price: object = { input: '1', output: '2' }) =>
    call('POST', '/prices', { provider: 'mock', model, price, ...more });
  const modelOf = (id: string) =>
    orchestrator.context.feed.current?.providers.flatMap(({ models }) => models).find((model) => model.id === id);
  const rateOf = (version: string | null | undefined) =>
    orchestrator.context.feed.current?.prices[version ?? '']?.inputUncached;
  const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();

  it('sets what customers pay, and the declared price stays what the provider charges', async () => {
    const declared = modelOf('mock-small')?.priceVersion;
    const { status, body } = await set('mock-small', { note: 'agreed with sales' });
    const { price } = priceChange.parse(body);

    expect(status).toBe(201);
    expect(price).toMatchObject({ kind: 'customer', source: 'api', note: 'agreed with sales', effectiveTo: null });
    expect(price.reviewerUserId).not.toBeNull();
    expect(modelOf('mock-small')).toMatchObject({ priceVersion: price.version, costVersion: declared });
    expect(rateOf(price.version)).toBe('1000000');
  });

  it('sets what the provider charges, and customers pay what they paid', async () => {
    const declared = modelOf('mock-large')?.priceVersion;
    const { price } = priceChange.parse((await set('mock-large', { kind: 'cost' })).body);

    expect(modelOf('mock-large')).toMatchObject({ priceVersion: declared, costVersion: price.version });
  });

  it('I22: ends the price before where a new one begins, and never changes what has held', async () => {
    const first = priceChange.parse((await set('mock-embedding', {}, { input: '1' })).body).price;
    const { price } = priceChange.parse((await set('mock-embedding', {}, { input: '3' })).body);
    const { data } = pricePage.parse((await call('GET', '/prices?model=mock-embedding')).body);

    expect(data.map(({ id }) => id)).toEqual([price.id, first.id]);
    expect(data[1]?.effectiveTo).toBe(price.effectiveFrom);
    const { database } = orchestrator.context;
    for (const change of [
      `UPDATE price_period SET effective_to = NULL WHERE id = '${first.id}'`,
      `UPDATE price_period SET effective_to = now() - interval '1 hour' WHERE id = '${price.id}'`,
      `UPDATE price_period SET price_version = 'x' WHERE id = '${price.id}'`,
      `DELETE FROM price_period WHERE id = '${first.id}'`,
      'TRUNCATE price_period',
    ]) {
      await expect(database.$executeRawUnsafe(change)).rejects.toThrow();
    }
  });

  it('I22: has no two prices of one model at one instant, by the database itself', async () => {
    const { price } = priceChange.parse((await set('mock-large')).body);
    const overlap = orchestrator.context.database.$executeRaw`
      INSERT INTO price_period (id, kind, provider, model, price_version, effective_from, source)
      VALUES (gen_random_uuid(), 'customer', 'mock', 'mock-large', ${price.version}, now() + interval '1 day', 'api')`;

    await expect(overlap).rejects.toThrow(/price_period_no_overlap/);
  });

  it('makes a future price effective at its instant, without a restart or a change', async () => {
    const before = modelOf('mock-small')?.priceVersion;
    const { price } = priceChange.parse(
      (await set('mock-small', { effectiveFrom: inMs(1500) }, { input: '7', output: '7' })).body,
    );
    await set('mock-small', { effectiveFrom: inMs(3000) }, { input: '1', output: '2' });

    expect(modelOf('mock-small')?.priceVersion).toBe(before);
    await waitFor(() => modelOf('mock-small')?.priceVersion === price.version, { describe: 'the new price' });
    expect(rateOf(price.version)).toBe('7000000');
    await waitFor(() => modelOf('mock-small')?.priceVersion === before, { describe: 'its end' });
  });

  it('refuses a price for a limited time that would end one that lasts longer', async () => {
    const forAWeek = { effectiveFrom: inMs(3_600_000), effectiveTo: inMs(7_200_000) };

    expect(await set('mock-small', forAWeek, { input: '7', output: '7' })).toMatchObject({
      status: 409,
      body: { code: 'conflict', param: 'effectiveTo', detail: expect.stringContaining(forAWeek.effectiveTo) },
    });
  });

  it('refuses a discount for a limited time that would end a markup that lasts longer', async () => {
    const markup = priceRuleChange.parse(
      (await call('POST', '/price-rules', { models: '*', multiplierPpm: 1_250_000 })).body,
    ).rule;
    const forAnHour = { models: '*', multiplierPpm: 900_000, effectiveTo: inMs(3_600_000) };

    expect(await call('POST', '/price-rules', forAnHour)).toMatchObject({
      status: 409,
      body: { param: 'effectiveTo' },
    });
    expect(orchestrator.context.feed.current?.priceRules).toEqual([{ models: '*', multiplierPpm: 1_250_000 }]);
    await call('DELETE', `/price-rules/${markup.id}`);
  });

  it('warns of a rule that makes models free, and of no other', async () => {
    const set = async (multiplierPpm: number) =>
      priceRuleChange.parse((await call('POST', '/price-rules', { models: 'mock/free-*', multiplierPpm })).body);
    expect((await set(1)).warning).toBeUndefined();
    const { warning, rule } = await set(0);
    expect(warning).toMatch(/^A multiplier of 0/);
    await call('DELETE', `/price-rules/${rule.id}`);
  });

  it('withdraws a price that has not begun, and refuses one that begins within the span of another', async () => {
    const { price } = priceChange.parse((await set('mock-large', { effectiveFrom: inMs(3_600_000) })).body);

    expect(await set('mock-large', { effectiveFrom: inMs(1_800_000) })).toMatchObject({
      status: 409,
      body: { code: 'conflict', detail: expect.stringContaining(price.effectiveFrom) },
    });
    const ended = priceChange.parse((await call('DELETE', `/prices/${price.id}`)).body).price;
    expect(ended.effectiveTo).toBe(ended.effectiveFrom);
    expect(await call('DELETE', `/prices/${price.id}`)).toMatchObject({ status: 409 });
    expect(await set('mock-large', { effectiveFrom: inMs(1_800_000) })).toMatchObject({ status: 201 });
  });

  it.each([
    [
      {
        provider: 'mock',
        model: 'mock-small',
        price: { input: '1', output: '1' },
        effectiveFrom: '2020-01-01T00:00:00Z',
      },
      'effectiveFrom',
    ],
    [{ provider: 'mock', model: 'mock-small', price: { output: '1' } }, 'price.input'],
    [{ provider: 'mock', model: 'mock-small', price: { input: '1' } }, 'price.output'],
    [{ provider: 'mock', model: 'mock-small', price: { input: '1e3', output: '1' } }, 'price.input'],
    [
      { provider: 'mock', model: 'mock-small', price: { input: '1', output: '1', toolCalls: '2' } },
      'models.mock-small.price.toolCalls',
    ],
    [{ provider: 'mock', model: 'no-such', price: { input: '1', output: '1' } }, 'model'],
  ])('refuses %j and names what is wrong', async (body, param) => {
    expect(await call('POST', '/prices', body)).toMatchObject({ status: 400, body: { param } });
  });

  it('reports where the sources disagree', async () => {
    const { body } = await call('GET', '/prices/differences');
    const { data, hasMore } = priceDifferences.parse(body);

    expect(hasMore).toBe(false);
    // The one whose cost was set above.
    expect(new Set(data.map(({ provider, model }) => `${provider}/${model}`))).toEqual(new Set(['mock/mock-large']));
    expect(data.find(({ component }) => component === 'inputUncached')).toMatchObject({ costPicoUsd: '1000000' });
  });

  it('needs its own permission', async () => {
    const headers = await asPrincipal(['providers:manage']);

    expect((await fetch(`${orchestrator.url}/v1/orchestrator/prices`, { headers })).status).toBe(403);
  });

  it('publishes the markups and discounts that hold, one for each organisation and pattern', async () => {
    const rule = { organizationId: own, models: 'mock/*', multiplierPpm: 900_000 };
    const first = priceRuleChange.parse((await call('POST', '/price-rules', rule)).body).rule;

    expect(orchestrator.context.feed.current?.priceRules).toEqual([rule]);
    await call('POST', '/price-rules', { ...rule, multiplierPpm: 800_000 });
    await call('POST', '/price-rules', { models: '*', multiplierPpm: 1_100_000 });
    expect(orchestrator.context.feed.current?.priceRules).toEqual([
      { models: '*', multiplierPpm: 1_100_000 },
      { ...rule, multiplierPpm: 800_000 },
    ]);
    const { data } = priceRulePage.parse((await call('GET', `/price-rules?organizationId=${own}`)).body);
    expect(data).toHaveLength(2);
    expect(data[1]).toMatchObject({ id: first.id, effectiveTo: data[0]?.effectiveFrom });
    for (const { id } of priceRulePage.parse((await call('GET', '/price-rules')).body).data) {
      await call('DELETE', `/price-rules/${id}`);
    }
    expect(orchestrator.context.feed.current?.priceRules).toBeUndefined();
  });
});
