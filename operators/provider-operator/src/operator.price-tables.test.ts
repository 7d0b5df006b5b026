import { crdApiVersion } from '@aggregator/contracts';
import { startFakeApiServer } from '@aggregator/kubernetes/testing';
import { waitFor } from '@aggregator/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeOrchestrator } from './testing/fake-orchestrator.ts';
import { OperatorWorld, openOperatorWorld } from './testing/start-operator.ts';
import { modelRouteKind, priceTableKind, providerKind } from './watch/kinds.ts';

const kind = priceTableKind;
const price = {
  provider: 'openai',
  model: 'gpt-4o-mini',
  pricing: { inputPerMillion: '0.20', perRequest: '0.0004' },
  effectiveFrom: '2099-01-01T00:00:00Z',
};

describe('the operator with price tables', () => {
  let world: OperatorWorld;
  beforeEach(async () => {
    world = await openOperatorWorld();
  });
  afterEach(() => world.close());

  const create = (name: string, spec: object) =>
    world.api.objects.create(kind, {
      ...{ apiVersion: crdApiVersion, kind: 'PriceTable', metadata: { namespace: 'team-a', name } },
      spec,
    });

  it('hands over prices as the price book has them, and says Ready', async () => {
    create('list', {
      prices: [{ ...price, kind: 'Cost', note: 'list' }],
      rules: [{ models: 'openai/*', multiplierPpm: 1_250_000 }],
    });
    const { service } = await world.start();

    await world.until('list', { status: 'True', reason: 'Ready' }, { kind });

    expect(world.orchestrator.priceTables).toMatchObject([
      {
        origin: { namespace: 'team-a', name: 'list' },
        prices: [
          {
            ...{ provider: 'openai', model: 'gpt-4o-mini', kind: 'cost', note: 'list' },
            price: { input: '0.20', requests: '400' },
            effectiveFrom: '2099-01-01T00:00:00Z',
          },
        ],
        rules: [{ organizationId: null, models: 'openai/*', multiplierPpm: 1_250_000 }],
      },
    ]);
    expect(world.find(kind, 'team-a', 'list')?.status).toMatchObject({ observedGeneration: 1, prices: 1, rules: 1 });
    expect(world.find(kind, 'team-a', 'list')?.metadata.finalizers ?? []).toEqual([]);
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).toContain('price_table_condition{type="Ready",status="True"');
  });

  it('names a conflict that the orchestrator found, with the new generation, and that it changed nothing', async () => {
    create('list', { prices: [price] });
    await world.start();
    await world.until('list', { status: 'True' }, { kind });
    world.orchestrator.refusals.set('list', { result: 'price_conflict', message: 'It is set by the API.' });

    world.change(kind, 'list', { prices: [price, { ...price, model: 'gpt-4o' }] });

    const reason = 'PriceConflict';
    await world.until(
      'list',
      { type: 'Accepted', status: 'False', reason, message: 'It is set by the API.' },
      { kind },
    );
    const ready = await world.until('list', { status: 'False', reason }, { kind });
    expect(ready.message).toContain('Nothing of it was changed');
  });

  it('keeps the prices of a table whose spec is invalid, and those of the others are handed over', async () => {
    create('bad', { prices: [{ ...price, pricing: { inputPerMillion: 0.2 } }] });
    create('good', { prices: [price] });
    await world.start();

    await world.until('bad', { type: 'Accepted', status: 'False', reason: 'InvalidSpec' }, { kind });
    await world.until('good', { status: 'True' }, { kind });
    const prices = world.orchestrator.priceTables?.map(({ origin, prices: own }) => [origin.name, own?.length ?? null]);
    expect(prices).toEqual([
      ['bad', null],
      ['good', 1],
    ]);
  });

  it('leaves out a table that is deleted', async () => {
    create('list', { prices: [price] });
    await world.start();
    await world.until('list', { status: 'True' }, { kind });

    world.api.objects.remove(kind, 'team-a', 'list');

    await waitFor(() => world.orchestrator.priceTables?.length === 0, { describe: 'an empty list of tables' });
  });

  it('says nothing of price tables where the cluster has no such kind, and serves Providers', async () => {
    await world.close();
    const api = await startFakeApiServer({ kinds: [providerKind, modelRouteKind] });
    world = new OperatorWorld(api, await new FakeOrchestrator().start());
    world.endpoints('proxy-0');
    world.provider('mock');
    await world.start({}, { refusalMs: 50 });

    await world.until('mock', { status: 'True' });
    expect(world.orchestrator.calls.length).toBeGreaterThan(0);
    expect(world.orchestrator.priceTables).toBeUndefined();
  });
});
