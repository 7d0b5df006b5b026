import type { RoutingSnapshot, SnapshotModel, SnapshotProvider } from '@aggregator/contracts';
import { routingSnapshot } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { findModelRow, listModels } from './list-models.ts';
import { planRoute, type RouteRequest } from './plan-route.ts';
import { indexSnapshot } from './snapshot-index.ts';

const model = (id: string, more: Partial<SnapshotModel> = {}): SnapshotModel => ({
  id,
  operations: ['chat.completions'],
  contextLength: 1000,
  maxOutputTokens: 100,
  capabilities: ['tools'],
  priceVersion: 'p1',
  ...more,
});

const provider = (name: string, models: SnapshotModel[]): SnapshotProvider => ({
  name,
  type: 'OpenAI',
  baseUrl: 'https://provider.example/v1',
  credentialRef: 'none',
  models,
});

const to = (providerName: string, modelId: string, priority = 0, weight = 1) => ({
  provider: providerName,
  model: modelId,
  priority,
  weight,
});

const snapshot: RoutingSnapshot = routingSnapshot.parse({
  version: 1,
  epoch: 1,
  providers: [
    provider('first', [
      model('shared', { contextLength: 500, capabilities: [] }),
      model('only'),
      model('vectors', { operations: ['embeddings'], maxOutputTokens: null, priceVersion: 'p2' }),
      model('unpriced', { priceVersion: null }),
      model('mispriced', { priceVersion: 'gone' }),
      model('prototype', { priceVersion: 'constructor' }),
    ]),
    provider('second', [
      model('shared', { priceVersion: 'p2' }),
      model('first/only'),
      model('fast'),
      model('both', { operations: ['embeddings', 'chat.completions'] }),
    ]),
  ],
  routes: [
    {
      name: 'fast',
      candidates: [
        to('second', 'shared', 1),
        to('first', 'shared', 0),
        to('first', 'gone', 0),
        to('first', 'unpriced', 0),
      ],
    },
    {
      name: 'weighted',
      candidates: [
        to('first', 'only', 0, 1),
        to('second', 'shared', 0, 3),
        to('second', 'fast', 0, 0),
        to('second', 'both', 9),
      ],
    },
    { name: 'dead', candidates: [to('first', 'gone')] },
    { name: 'first/only', candidates: [to('second', 'shared')] },
  ],
  prices: {
    p1: { inputUncached: '150000', outputText: '600000' },
    p2: { inputUncached: '200000', cacheRead: '100', outputText: '500000' },
  },
});
const index = indexSnapshot(snapshot);

function plan(name: string, more: Partial<RouteRequest> = {}, random = () => 0.5): string[] {
  const request: RouteRequest = { model: name, operation: 'chat.completions', principalModels: null, ...more };
  return planRoute(index, request, random).candidates.map(
    (candidate) => `${candidate.provider.name}/${candidate.model.id}`,
  );
}

const refusal = (code: string) => expect.objectContaining({ code, param: 'model' });

describe('a plan', () => {
  it('takes a model by its provider and name, alone', () => {
    expect(plan('second/shared')).toEqual(['second/shared']);
    expect(plan('second/first/only')).toEqual(['second/first/only']);
  });

  it('takes a bare name at every provider that serves it, in the order of providers', () => {
    expect(plan('shared')).toEqual(['first/shared', 'second/shared']);
    expect(plan('only')).toEqual(['first/only']);
  });

  it('lets the full name win over a route and a bare name, and a route over a bare name', () => {
    expect(plan('first/only')).toEqual(['first/only']);
    expect(plan('fast')).toEqual(['first/shared', 'second/shared']);
  });

  it('carries the price of each candidate with its version', () => {
    const { candidates } = planRoute(
      index,
      { model: 'shared', operation: 'chat.completions', principalModels: null },
      () => 0,
    );
    expect(candidates.map((candidate) => candidate.price)).toEqual([
      { version: 'p1', rates: snapshot.prices.p1 },
      { version: 'p2', rates: snapshot.prices.p2 },
    ]);
  });

  it('follows priorities, then chance by weight, with weight 0 last', () => {
    for (const draw of [0, 0.2, 0.5, 0.99]) {
      const order = plan('weighted', {}, () => draw);
      expect(order).toHaveLength(4);
      expect(order.slice(2)).toEqual(['second/fast', 'second/both']);
    }
  });

  it('gives the first place to each in proportion to its weight', () => {
    let state = 42;
    const random = () => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return state / 2_147_483_648;
    };
    const firsts = Array.from({ length: 4000 }, () => plan('weighted', {}, random)[0]);
    const share = firsts.filter((first) => first === 'second/shared').length / firsts.length;
    expect(share).toBeGreaterThan(0.72);
    expect(share).toBeLessThan(0.78);
  });

  it('holds every candidate of the route once, whatever chance says', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 3, maxLength: 3 }), (draws) => {
        let next = 0;
        const order = plan('weighted', {}, () => draws[next++ % 3] ?? 0);
        expect([...order].sort()).toEqual(['first/only', 'second/both', 'second/fast', 'second/shared']);
      }),
    );
  });

  it('refuses a model that nobody has, and a route that leads nowhere', () => {
    for (const name of ['nothing', 'third/shared', '', '__proto__', 'dead']) {
      expect(() => plan(name)).toThrow(refusal('model_not_found'));
    }
  });

  it('says what a model is for when it is asked for something else', () => {
    expect(() => plan('vectors')).toThrow(refusal('model_not_found'));
    expect(() => plan('vectors')).toThrow(
      expect.objectContaining({ publicMessage: expect.stringContaining('only embeddings') }),
    );
    expect(plan('vectors', { operation: 'embeddings' })).toEqual(['first/vectors']);
    expect(plan('both', { operation: 'embeddings' })).toEqual(['second/both']);
  });

  it('refuses a model without a price, and leaves it out beside priced ones', () => {
    for (const name of ['unpriced', 'first/unpriced', 'mispriced', 'prototype']) {
      expect(() => plan(name)).toThrow(refusal('model_not_priced'));
    }
    expect(plan('fast')).not.toContain('first/unpriced');
  });

  it('refuses a key a model outside its list, and takes the list by any name of the model', () => {
    expect(() => plan('only', { principalModels: [] })).toThrow(refusal('model_not_allowed'));
    expect(() => plan('only', { principalModels: ['shared', 'second/only'] })).toThrow(refusal('model_not_allowed'));
    for (const allowed of ['only', 'first/only']) {
      expect(plan('only', { principalModels: [allowed] })).toEqual(['first/only']);
      expect(plan('first/only', { principalModels: [allowed] })).toEqual(['first/only']);
    }
  });

  it('keeps a key to its own models on the way of a route, unless the route itself is allowed', () => {
    expect(plan('fast', { principalModels: ['second/shared'] })).toEqual(['second/shared']);
    expect(plan('fast', { principalModels: ['fast'] })).toEqual(['first/shared', 'second/shared']);
    expect(() => plan('fast', { principalModels: ['only'] })).toThrow(refusal('model_not_allowed'));
  });
});

describe('the list of models', () => {
  const rows = new Map(listModels(index).map((row) => [row.id, row]));

  it('has every servable model once, bare where that means one thing only, and every route', () => {
    expect([...rows.keys()].sort()).toEqual(
      [
        'both',
        'fast',
        'first/shared',
        'only',
        'second/fast',
        'second/first/only',
        'second/shared',
        'vectors',
        'weighted',
      ].sort(),
    );
  });

  it('lists names that a request may say', () => {
    for (const { id } of rows.values()) {
      const operation = id === 'vectors' ? 'embeddings' : 'chat.completions';
      expect(plan(id, { operation }).length).toBeGreaterThan(0);
    }
  });

  it('tells prices as decimal USD per unit', () => {
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

  it('tells of a route what holds whoever serves: least limits, common capabilities, dearest prices', () => {
    expect(rows.get('fast')).toMatchObject({
      context_length: 500,
      capabilities: [],
      pricing: { prompt: '0.0000002', completion: '0.0000006' },
    });
  });

  it('finds the row of a model under each of its names', () => {
    expect(findModelRow(index, 'first/only')).toMatchObject({ id: 'first/only', provider: 'first' });
    expect(findModelRow(index, 'shared')).toMatchObject({ id: 'shared', provider: 'first' });
    expect(findModelRow(index, 'fast')).toMatchObject({ owned_by: 'route' });
    expect(findModelRow(index, 'unpriced')).toBeNull();
    expect(findModelRow(index, 'nothing')).toBeNull();
  });
});
