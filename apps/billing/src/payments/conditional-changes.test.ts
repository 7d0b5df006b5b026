import { toEntityTag } from '@aggregator/service-kit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type PaymentWorld, startPayments } from '../testing/start-payments.ts';

const profile = '/v1/billing/profile';
const automatic = '/v1/billing/automatic-top-up';
const buyer = { name: 'Engines Ltd', address: ['1 Road'], taxId: null, timeZone: 'UTC', currency: 'USD' };
const settings = {
  ...{ thresholdNanoUsd: '25000000000', amountNanoUsd: '10000000000' },
  ...{ dayMaxNanoUsd: '20000000000', monthMaxNanoUsd: '30000000000' },
};

describe('a change of payments that names an ETag', () => {
  let world: PaymentWorld;
  beforeAll(async () => {
    world = await startPayments();
    await world.paid({ saveMethod: true });
  });
  afterAll(() => world.stop());

  const tagOf = async (path: string) => toEntityTag((await world.ask('GET', path, world.owner)).body);
  const change = async (method: string, path: string, tag: string, body?: unknown) =>
    (await world.ask(method, path, world.owner, body, { 'if-match': tag })).status;

  it.each([
    ['the billing profile', profile, buyer, { ...buyer, name: 'Engines GmbH' }],
    ['the automatic top-up', automatic, settings, { ...settings, monthMaxNanoUsd: '40000000000' }],
  ])('is made once for %s, and rejected with 412 for a tag that is old', async (_what, path, first, second) => {
    expect(await change('PUT', path, '*', first)).toBe(412);
    expect((await world.ask('PUT', path, world.owner, first)).status).toBe(200);
    const tag = await tagOf(path);
    const both = await Promise.all([change('PUT', path, tag, second), change('PUT', path, tag, second)]);
    expect(both.sort()).toEqual([200, 412]);
    expect(await change('PUT', path, tag, first)).toBe(412);
    const saved = await world.ask('PUT', path, world.owner, second, { 'if-match': await tagOf(path) });
    expect(saved.status).toBe(200);
    expect(toEntityTag(saved.body)).toBe(await tagOf(path));
  });

  it('ends the automatic top-up only as it was read', async () => {
    const tag = await tagOf(automatic);
    world.clock.advance(1000);
    expect((await world.ask('PUT', automatic, world.owner, settings)).status).toBe(200);
    expect(await change('DELETE', automatic, tag)).toBe(412);
    expect(await change('DELETE', automatic, await tagOf(automatic))).toBe(204);
    expect((await world.ask('DELETE', automatic, world.owner)).status).toBe(204);
    expect(await change('DELETE', automatic, '*')).toBe(412);
  });
});
