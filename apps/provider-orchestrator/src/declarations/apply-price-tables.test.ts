import { createUuidV7 } from '@aggregator/service-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { declarerAt } from '../testing/declare.ts';
import { asPrincipal, createOrchestratorBench, manage, type TestOrchestrator } from '../testing/start-orchestrator.ts';

describe('price tables of Kubernetes', () => {
  const bench = createOrchestratorBench();
  let orchestrator: TestOrchestrator;
  let operator: ReturnType<typeof declarerAt>;
  let sequence = 0;
  /** The book is never emptied: a test looks at what came after its beginning. */
  let since: string;
  beforeAll(async () => {
    orchestrator = await bench.start();
    operator = declarerAt(orchestrator.url);
  });
  beforeEach(async () => {
    await declare();
    since = createUuidV7();
  });
  afterAll(() => bench.closeAll());

  const entry = (input: string, fields: object = {}) => ({
    ...{ provider: 'mock', model: 'mock-small', kind: 'customer', price: { input, output: input } },
    ...fields,
  });
  const table = (name: string, ...prices: object[]) => ({
    origin: { namespace: 'ai', name, uid: `uid-${name}`, generation: 1 },
    prices,
  });
  async function declare(...tables: object[]) {
    sequence += 1;
    return (await operator.declarePrices({ epoch: 1, sequence }, tables)).entries;
  }
  const callPrices = async (method: 'POST' | 'DELETE', path: string, body?: object) =>
    (await manage(orchestrator, method, `/prices${path}`, body, await asPrincipal(['prices:manage']))).status;
  const rows = () =>
    orchestrator.context.database.pricePeriod.findMany({ where: { id: { gt: since } }, orderBy: { id: 'asc' } });
  const audited = () =>
    orchestrator.context.database.auditEntry.findMany({
      where: { action: 'price_table_applied' },
      orderBy: { id: 'asc' },
    });
  const rate = () => {
    const { providers = [], prices = {} } = orchestrator.context.feed.current ?? {};
    const models = providers.flatMap((provider) => provider.models);
    return prices[models.find(({ id }) => id === 'mock-small')?.priceVersion ?? '']?.inputUncached;
  };
  const future = { effectiveFrom: '2099-01-01T00:00:00.000Z' };

  it('are in the price book, and the same again changes nothing', async () => {
    const wanted = table('a', entry('3'), entry('1', { kind: 'cost' }), entry('4', { ...future, model: 'mock-large' }));
    const before = (await audited()).length;

    expect(await declare(wanted)).toEqual([{ uid: 'uid-a', result: 'accepted', message: '' }]);
    const first = await rows();
    const version = orchestrator.context.feed.current?.version;
    await declare(wanted);

    expect(first.map(({ source, owner, kind }) => `${source} ${owner} ${kind}`)).toEqual([
      'kubernetes default/ai/a customer',
      'kubernetes default/ai/a cost',
      'kubernetes default/ai/a customer',
    ]);
    expect(rate()).toBe('3000000');
    expect(await rows()).toEqual(first);
    expect(orchestrator.context.feed.current?.version).toBe(version);
    expect((await audited()).slice(before)).toMatchObject([
      { subjectId: 'default/ai/a', actorPeer: 'provider-operator', details: { pricesAdded: 3, pricesEnded: 0 } },
    ]);
  });

  const orgId = '0190a000-0000-7000-8000-00000000000a';
  const rule = (multiplierPpm: number, fields: object = {}) => ({ models: 'mock/*', multiplierPpm, ...fields });
  const withRules = (name: string, ...rules: object[]) => ({ ...table(name), rules });
  const rules = () =>
    orchestrator.context.database.priceRule.findMany({ where: { id: { gt: since } }, orderBy: { id: 'asc' } });
  const published = () => orchestrator.context.feed.current?.priceRules ?? [];

  it('set markups and discounts, of all and of one organisation, and end those that they say no more', async () => {
    const own = { organizationId: orgId.toUpperCase() };
    const wanted = [rule(1_250_000), rule(900_000, own), rule(1_100_000, future)];
    expect(await declare(withRules('a', ...wanted))).toEqual([{ uid: 'uid-a', result: 'accepted', message: '' }]);
    const first = await rules();
    await declare(withRules('a', ...wanted));
    const same = await rules();
    const shown = published();
    await declare(withRules('a', rule(1_250_000)));
    const [markup, later, discount] = await rules();

    expect(first.map(({ source, owner }) => `${source} ${owner}`)).toEqual(Array(3).fill('kubernetes default/ai/a'));
    expect(same).toEqual(first);
    expect(shown).toEqual(
      expect.arrayContaining([
        { models: 'mock/*', multiplierPpm: 1_250_000 },
        { organizationId: orgId, models: 'mock/*', multiplierPpm: 900_000 },
      ]),
    );
    expect(discount?.effectiveTo).not.toBeNull();
    // What has not begun is withdrawn, and the markup continues without an end.
    expect(later?.effectiveTo).toEqual(later?.effectiveFrom);
    expect((await rules()).filter(({ effectiveTo }) => effectiveTo === null)).toHaveLength(1);
    expect(markup?.multiplierPpm).toBe(1_250_000);
    expect((await audited()).at(-1)?.details).toMatchObject({ pricesAdded: 0, rulesEnded: expect.any(Number) });
    await declare();
    expect(published()).toEqual([]);
  });

  it('refuse a whole table whose rule meets one of the API, and the API ends no rule of a table', async () => {
    const ask = async (method: 'POST' | 'DELETE', path: string, body?: object) => {
      const answer = await manage(
        orchestrator,
        method,
        `/price-rules${path}`,
        body,
        await asPrincipal(['prices:manage']),
      );
      return answer.status;
    };
    expect(await ask('POST', '', rule(2_000_000))).toBe(201);
    const [ofApi] = await rules();
    const [answer] = await declare({ ...table('a', entry('3')), rules: [rule(1_250_000)] });
    expect(answer).toMatchObject({
      result: 'price_conflict',
      message: expect.stringMatching(/mock\/\* \(rule\).*API/),
    });
    expect(await rows()).toEqual([]);

    expect(await ask('DELETE', `/${ofApi?.id}`)).toBe(200);
    expect(await declare({ ...table('a', entry('3')), rules: [rule(1_250_000)] })).toMatchObject([
      { result: 'accepted' },
    ]);
    const ofTable = (await rules()).at(-1);
    expect(await ask('DELETE', `/${ofTable?.id}`)).toBe(409);
    expect(await ask('POST', '', rule(1_000_000))).toBe(409);
  });

  it('take 20 full tables in one declaration, and refuse one that has more than 100 rules', async () => {
    const full = Array.from({ length: 20 }, (_, at) => ({
      ...table(`full-${at}`),
      prices: Array.from({ length: 100 }, (_one, model) => entry('3', { model: `m-${at}-${model}` })),
      rules: Array.from({ length: 100 }, (_one, model) => rule(1_100_000, { models: `mock/m-${at}-${model}` })),
    }));
    const answers = await declare(...full);
    expect(answers.map(({ result }) => result)).toEqual(Array(20).fill('accepted'));
    expect(published()).toHaveLength(2000);
    const [tooMany] = await declare(
      withRules('a', ...Array.from({ length: 101 }, (_, at) => rule(1, { models: `m/${at}` }))),
    );
    expect(tooMany).toMatchObject({ result: 'invalid', message: expect.stringMatching(/rules/) });
    const [free] = await declare(withRules('a', rule(0)));
    expect(free).toMatchObject({ result: 'invalid', message: expect.stringMatching(/multiplierPpm/) });
  });

  it('end what they say no more, now or before it began, and keep what has ended', async () => {
    const ended = entry('9', { model: 'mock-large' });
    await declare(table('a', ended, entry('3')));
    await declare(table('a', entry('3'), entry('5', { ...future, kind: 'cost' })));
    const past = (await rows()).find(({ model }) => model === 'mock-large');
    await declare();

    const [first, second, third] = await rows();
    expect(first).toEqual(past);
    expect(first?.effectiveTo).not.toBeNull();
    expect(second?.effectiveTo?.getTime()).toBeLessThanOrEqual(Date.now() + 1000);
    expect(third?.effectiveTo).toEqual(third?.effectiveFrom);
    expect(rate()).not.toBe('3000000');
  });

  it('change nothing, as a whole, where the API has set a price of the same span, and name it', async () => {
    await declare(table('a', entry('3', { kind: 'cost' })));
    const byApi = { ...entry('7'), ...future };
    expect(await callPrices('POST', '', byApi)).toBe(201);
    const before = await rows();

    const [answer] = await declare(table('a', entry('4', { kind: 'cost' }), entry('8')));

    expect(answer).toMatchObject({ result: 'price_conflict' });
    expect(answer?.message).toContain('mock/mock-small (customer)');
    expect(answer?.message).toContain('from 2099-01-01T00:00:00.000Z without an end, is set by the API');
    expect(await rows()).toEqual(before);
    const later = before.find(({ source }) => source === 'api');
    expect(await callPrices('DELETE', `/${later?.id}`)).toBe(200);
  });

  it('leave a price to the table that has it, and get it when that one is gone', async () => {
    const [one, other] = [table('a', entry('3')), table('b', entry('4'))];
    const [, refused] = await declare(one, other);
    expect(refused).toMatchObject({ uid: 'uid-b', result: 'price_conflict' });
    expect(refused?.message).toContain("the PriceTable resource 'ai/a'");

    expect(await declare(other)).toMatchObject([{ uid: 'uid-b', result: 'accepted' }]);
    expect(rate()).toBe('4000000');
  });

  it('keep what they set while their spec is invalid, while an operator cannot see them, and from another class', async () => {
    await declare(table('a', entry('3')));
    const before = await rows();
    await declare({ ...table('a'), prices: null });
    expect((await declare(table('a', { provider: 'mock', price: 1 })))[0]).toMatchObject({ result: 'invalid' });
    sequence += 1;
    await operator.declarePrices({ epoch: 1, sequence }, undefined);
    await declarerAt(orchestrator.url, 'default.two').declarePrices({ epoch: 1, sequence: 1 }, []);

    expect(await rows()).toEqual(before);
    const [price] = before;
    expect(await callPrices('DELETE', `/${price?.id}`)).toBe(409);
  });

  it('are refused for a price that its model can never be charged by', async () => {
    const [answer] = await declare(table('a', entry('3', { price: { input: '3' } })));
    expect(answer).toEqual({
      ...{ uid: 'uid-a', result: 'invalid' },
      message: 'mock/mock-small (customer): A model that chats needs a price of output.',
    });
    expect(await rows()).toEqual([]);
  });
});
