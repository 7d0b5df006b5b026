import { type Rates, routingSnapshot } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { findModelRow, listModels } from './list-models.ts';
import { planRoute } from './plan-route.ts';
import { indexSnapshot } from './snapshot-index.ts';
import {
  sampleCandidate,
  sampleModel,
  sampleProvider,
  sampleRequest,
  sampleRoute,
  sampleView,
} from './testing/sample-snapshot.ts';

const index = indexSnapshot(
  routingSnapshot.parse({
    version: 1,
    epoch: 1,
    providers: [
      sampleProvider('first', [
        sampleModel('shared', { contextLength: 500, capabilities: [] }),
        sampleModel('only'),
        sampleModel('vectors', { operations: ['embeddings'], maxOutputTokens: null, priceVersion: 'p2' }),
        sampleModel('unpriced', { priceVersion: null }),
      ]),
      sampleProvider('second', [
        sampleModel('shared', { priceVersion: 'p2', capabilities: ['tools', 'prefill'] }),
        sampleModel('first/only'),
        sampleModel('fast'),
        sampleModel('both', { operations: ['embeddings', 'chat.completions'] }),
      ]),
    ],
    routes: [
      sampleRoute('fast', [
        sampleCandidate('second', 'shared', 1),
        sampleCandidate('first', 'shared'),
        sampleCandidate('first', 'gone'),
        sampleCandidate('first', 'unpriced'),
      ]),
      sampleRoute('dead', [sampleCandidate('first', 'gone')]),
      sampleRoute('first/only', [sampleCandidate('second', 'shared')]),
    ],
    prices: {
      p1: { inputUncached: '150000', outputText: '600000' },
      p2: { inputUncached: '200000', cacheRead: '100', outputText: '500000' },
    },
  }),
);
const rows = new Map(listModels(index).map((row) => [row.id, row]));

describe('the list of models', () => {
  it('has every servable model once, bare where that means one thing only, and every route', () => {
    expect([...rows.keys()].sort()).toEqual(
      ['both', 'fast', 'first/shared', 'only', 'second/fast', 'second/first/only', 'second/shared', 'vectors'].sort(),
    );
  });

  it('lists names that a request may say', () => {
    for (const { id } of rows.values()) {
      const request = sampleRequest(id, { operation: id === 'vectors' ? 'embeddings' : 'chat.completions' });
      expect(planRoute(index, request, sampleView(), () => 0).targets.length).toBeGreaterThan(0);
    }
  });

  it('lists prices as decimal USD per unit', () => {
    expect(rows.get('vectors')).toEqual({
      id: 'vectors',
      object: 'model',
      created: 0,
      owned_by: 'first',
      provider: 'first',
      context_length: 1000,
      max_output_tokens: null,
      capabilities: ['tools'],
      pricing: { prompt: '0.0000002', completion: '0.0000005', input_cache_read: '0.0000000001' },
    });
  });

  it('lists the plain price of a model in two tiers, and no price of a picture that costs what its text costs', () => {
    const pricingOf = (rates: Rates) => {
      const models = [sampleModel('one')];
      const snapshot = {
        version: 1,
        epoch: 1,
        providers: [sampleProvider('p', models)],
        routes: [],
        prices: { p1: rates },
      };
      return findModelRow(indexSnapshot(routingSnapshot.parse(snapshot)), 'one')?.pricing;
    };
    const plain = { inputUncached: '1250000', outputText: '10000000' };
    const above = { inputTokens: 200_000, rates: { inputUncached: '2500000', outputText: '15000000' } };

    expect(pricingOf({ ...plain, imageIn: '1250000', above })).toEqual({ prompt: '0.00000125', completion: '0.00001' });
    expect(pricingOf({ ...plain, imageIn: '10000000' })).toMatchObject({ image: '0.00001' });
  });

  it('lists the capabilities of a model as the snapshot has them', () => {
    expect(rows.get('second/shared')?.capabilities).toEqual(['tools', 'prefill']);
  });

  it('lists for a route what holds for each of its targets: least limits, common capabilities, highest prices', () => {
    expect(rows.get('fast')).toMatchObject({
      context_length: 500,
      capabilities: [],
      pricing: { prompt: '0.0000002', completion: '0.0000006' },
    });
  });

  it('finds the row of a model under each of its names; of several providers, that of the cheapest', () => {
    expect(findModelRow(index, 'first/only')).toMatchObject({ id: 'first/only', provider: 'first' });
    expect(findModelRow(index, 'shared')).toMatchObject({ id: 'shared', provider: 'second' });
    expect(findModelRow(index, 'fast')).toMatchObject({ owned_by: 'route' });
    expect(findModelRow(index, 'unpriced')).toBeNull();
    expect(findModelRow(index, 'nothing')).toBeNull();
  });
});
