import { routingSnapshot } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planRoute } from './plan-route.ts';
import type { RouteRequest, TargetView } from './route-port.ts';
import { indexSnapshot, listTargetKeys } from './snapshot-index.ts';
import {
  sampleCandidate,
  sampleChance,
  sampleModel,
  sampleProvider,
  sampleRequest,
  sampleRoute,
  sampleView,
} from './testing/sample-snapshot.ts';

const manyKeys = Array.from({ length: 16 }, (_, number) => `env:KEY_${number}`);

const snapshot = routingSnapshot.parse({
  version: 1,
  epoch: 1,
  providers: [
    sampleProvider('first', [
      sampleModel('shared'),
      sampleModel('only'),
      sampleModel('vectors', { operations: ['embeddings'], maxOutputTokens: null, priceVersion: 'p2' }),
      sampleModel('unpriced', { priceVersion: null }),
      sampleModel('mispriced', { priceVersion: 'gone' }),
      sampleModel('prototype', { priceVersion: 'constructor' }),
    ]),
    sampleProvider('second', [
      sampleModel('shared', { priceVersion: 'p2' }),
      sampleModel('first/only'),
      sampleModel('fast'),
      sampleModel('both', { operations: ['embeddings', 'chat.completions'] }),
    ]),
    sampleProvider('pool', [sampleModel('pooled')], { credentialRefs: manyKeys }),
    sampleProvider('doubled', [sampleModel('doubled')], { credentialRefs: ['env:ONE', 'env:ONE'] }),
    ...['a', 'b', 'c', 'd'].map((name) => sampleProvider(name, [sampleModel('spread')])),
  ],
  routes: [
    sampleRoute('fast', [
      sampleCandidate('second', 'shared', 1),
      sampleCandidate('first', 'shared', 0),
      sampleCandidate('first', 'gone', 0),
      sampleCandidate('first', 'unpriced', 0),
    ]),
    sampleRoute('weighted', [
      sampleCandidate('first', 'only', 0, 1),
      sampleCandidate('second', 'shared', 0, 3),
      sampleCandidate('second', 'fast', 0, 0),
      sampleCandidate('second', 'both', 9),
    ]),
    sampleRoute('twice', [sampleCandidate('first', 'only', 0), sampleCandidate('first', 'only', 1)]),
    sampleRoute('crowded', [sampleCandidate('pool', 'pooled', 0), sampleCandidate('first', 'only', 1)]),
    sampleRoute(
      'sticky',
      ['a', 'b', 'c', 'd'].map((name) => sampleCandidate(name, 'spread')),
      { isSticky: true, resume: 'off', mayFailOverOnPolicy: true },
    ),
    sampleRoute(
      'loose',
      ['a', 'b', 'c', 'd'].map((name) => sampleCandidate(name, 'spread')),
    ),
    sampleRoute('dead', [sampleCandidate('first', 'gone')]),
    sampleRoute('first/only', [sampleCandidate('second', 'shared')]),
  ],
  prices: {
    p1: { inputUncached: '150000', outputText: '600000' },
    p2: { inputUncached: '200000', cacheRead: '100', outputText: '500000' },
  },
});
const index = indexSnapshot(snapshot);
const calm = sampleView();

function plan(name: string, more: Partial<RouteRequest> = {}, random = () => 0.5, view = calm): string[] {
  return planRoute(index, sampleRequest(name, more), view, random).targets.map(
    ({ candidate }) => `${candidate.provider.name}/${candidate.model.id}`,
  );
}

const refusal = (code: string) => expect.objectContaining({ code, param: 'model' });
const refuse = (): never => {
  throw new Error('no target should be asked');
};
const never: TargetView = { judge: refuse, measure: refuse, isHealthy: refuse };

describe('a plan', () => {
  it('takes a model by its provider and name, alone', () => {
    expect(plan('second/shared')).toEqual(['second/shared']);
    expect(plan('second/first/only')).toEqual(['second/first/only']);
  });

  it('takes a bare name at every provider that serves it, the cheapest first', () => {
    expect(plan('shared')).toEqual(['second/shared', 'first/shared']);
    expect(plan('only')).toEqual(['first/only']);
  });

  it('lets the full name win over a route and a bare name, and a route over a bare name', () => {
    expect(plan('first/only')).toEqual(['first/only']);
    expect(plan('fast')).toEqual(['first/shared', 'second/shared']);
  });

  it('carries the price of each candidate with its version, and the settings of the route', () => {
    const { targets, resume, mayFailOverOnPolicy } = planRoute(index, sampleRequest('fast'), calm, () => 0);
    expect(targets.map(({ candidate }) => candidate.price)).toEqual([
      { version: 'p1', rates: snapshot.prices.p1 },
      { version: 'p2', rates: snapshot.prices.p2 },
    ]);
    expect([resume, mayFailOverOnPolicy]).toEqual(['verified', false]);
    expect(planRoute(index, sampleRequest('sticky'), calm, () => 0)).toMatchObject({
      resume: 'off',
      mayFailOverOnPolicy: true,
    });
  });

  it('is ready-made where one target alone can serve: nothing is drawn, asked or allocated', () => {
    const plans = [1, 2].map(() => planRoute(index, sampleRequest('only'), never, refuse));
    expect(plans[0]).toBe(plans[1]);
    expect(plans[0]?.targets).toEqual([
      { key: 'first\nonly\nnone', credentialRef: 'none', candidate: expect.anything() },
    ]);
  });

  it('follows priorities, then chance by weight, with weight 0 last', () => {
    for (const drawn of [0, 0.2, 0.5, 0.99]) {
      const order = plan('weighted', {}, () => drawn);
      expect(order).toHaveLength(4);
      expect(order.slice(2)).toEqual(['second/fast', 'second/both']);
    }
  });

  it('gives the first place to each in proportion to its weight', () => {
    const random = sampleChance();
    const firsts = Array.from({ length: 4000 }, () => plan('weighted', {}, random)[0]);
    const share = firsts.filter((first) => first === 'second/shared').length / firsts.length;
    expect(share).toBeGreaterThan(0.72);
    expect(share).toBeLessThan(0.78);
  });

  it('rejects a model that no provider has, and a route without targets', () => {
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

  it('names every target that can be called, for the memory of them', () => {
    const keys = listTargetKeys(index);
    expect(keys.size).toBe(7 + 16 + 1 + 4);
    expect(keys.has('pool\npooled\nenv:KEY_0')).toBe(true);
    expect(keys.has('first\nunpriced\nnone')).toBe(false);
  });
});

describe('a plan with fallback models', () => {
  it('puts them after the model, in their order, each target once', () => {
    expect(plan('only', { fallbacks: ['fast', 'only', 'shared'] })).toEqual([
      'first/only',
      'first/shared',
      'second/shared',
    ]);
  });

  it('skips names without a target, and throws the first fault when no name has one', () => {
    expect(plan('unpriced', { fallbacks: ['nothing', 'only'] })).toEqual(['first/only']);
    expect(plan('only', { fallbacks: ['shared'], principalModels: ['shared'] })).toEqual([
      'second/shared',
      'first/shared',
    ]);
    expect(() => plan('unpriced', { fallbacks: ['nothing'] })).toThrow(refusal('model_not_priced'));
  });
});

describe('who is not ready', () => {
  it.each([
    ['open', sampleView({ standings: { first: 'open' } })],
    ['resting', sampleView({ standings: { first: 'resting' } })],
    ['unhealthy', sampleView({ unhealthy: ['first'] })],
  ])('comes last while %s, past priorities and fallback models, and never vanishes', (_what, view) => {
    expect(plan('fast', { fallbacks: ['both'] }, () => 0, view)).toEqual([
      'second/shared',
      'second/both',
      'first/shared',
    ]);
  });

  it('keeps its place where it is to be probed', () => {
    expect(plan('fast', {}, () => 0, sampleView({ standings: { first: 'probe' } }))).toEqual([
      'first/shared',
      'second/shared',
    ]);
  });

  it('is asked in the usual order when no target is ready', () => {
    const view = sampleView({ standings: { first: 'open', second: 'resting' } });
    expect(plan('fast', {}, () => 0, view)).toEqual(['first/shared', 'second/shared']);
  });
});

describe('a pool of keys', () => {
  const keysOf = (more: Partial<RouteRequest>, random = () => 0.5, view = calm) =>
    planRoute(index, sampleRequest('pool/pooled', more), view, random).targets.map((target) => target.credentialRef);

  it('is used evenly, each key once', () => {
    const random = sampleChance();
    const firsts = new Map<string, number>();
    for (let request = 0; request < 3200; request += 1) {
      const keys = keysOf({}, random);
      expect(new Set(keys).size).toBe(16);
      firsts.set(keys[0] ?? '', (firsts.get(keys[0] ?? '') ?? 0) + 1);
    }
    for (const count of firsts.values()) expect(Math.abs(count - 200)).toBeLessThan(70);
  });

  it('serves one session by one key, and by its second choice while that one is not ready', () => {
    const random = sampleChance();
    const orders = Array.from({ length: 10 }, () => keysOf({ affinity: 'org/session' }, random));
    expect(new Set(orders.map((order) => order.join())).size).toBe(1);
    const [first, second] = orders[0] ?? [];
    const view = sampleView({ standings: { [`pool\npooled\n${first}`]: 'resting' } });
    expect(keysOf({ affinity: 'org/session' }, () => 0.5, view)[0]).toBe(second);
  });

  it('has a key once that is listed twice', () => {
    expect(plan('doubled', {}, refuse, never)).toEqual(['doubled/doubled']);
  });

  it('never crowds out the other candidates of a plan of 16', () => {
    const order = plan('crowded');
    expect(order).toHaveLength(16);
    expect(order.at(-1)).toBe('first/only');
    expect(order.filter((name) => name === 'pool/pooled')).toHaveLength(15);
  });
});

describe('a session', () => {
  const sessions = Array.from({ length: 400 }, (_, number) => `org/${number}`);
  const chance = sampleChance();
  const first = (affinity: string, view = calm, name = 'sticky') => plan(name, { affinity }, chance, view)[0];

  it('stays with one candidate of a sticky route, others with others', () => {
    const shares = new Map<string, number>();
    for (const affinity of sessions) {
      const chosen = first(affinity) ?? '';
      expect(first(affinity)).toBe(chosen);
      shares.set(chosen, (shares.get(chosen) ?? 0) + 1);
    }
    expect(shares.size).toBe(4);
    for (const count of shares.values()) expect(Math.abs(count - 100)).toBeLessThan(50);
  });

  it('moves only if its own candidate is not ready, and comes back to it', () => {
    const view = sampleView({ standings: { b: 'open' } });
    for (const affinity of sessions) {
      const usual = first(affinity);
      if (usual === 'b/spread') expect(first(affinity, view)).not.toBe('b/spread');
      else expect(first(affinity, view)).toBe(usual);
    }
  });

  it('stays with one provider of a bare name at equal prices, and is bound by no route that is not sticky', () => {
    for (const affinity of sessions.slice(0, 50)) {
      expect(first(affinity, calm, 'spread')).toBe(first(affinity, calm, 'spread'));
    }
    const chosen = new Set(Array.from({ length: 50 }, () => first('org/1', calm, 'loose')));
    expect(chosen.size).toBe(4);
  });
});

describe('every plan', () => {
  const names = ['fast', 'weighted', 'twice', 'crowded', 'sticky', 'loose', 'shared', 'only', 'pool/pooled', 'dead'];
  const standing = fc.constantFrom('ready', 'probe', 'open', 'resting');
  const anyView = fc
    .record({
      standings: fc.dictionary(fc.constantFrom('first', 'second', 'pool', 'a', 'b', 'c', 'd'), standing),
      unhealthy: fc.subarray(['first', 'second', 'pool', 'a', 'b']),
    })
    .map(sampleView);

  it('has each target once, at most 16, the ready before the others, and loses none', () => {
    fc.assert(
      fc.property(
        fc.subarray(names.slice(0, -1), { minLength: 1 }),
        fc.option(fc.string(), { nil: null }),
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        anyView,
        ([name = '', ...fallbacks], affinity, draws, view) => {
          const random = () => draws.next().value ?? 0;
          const { targets } = planRoute(index, sampleRequest(name, { fallbacks, affinity }), view, random);
          const keys = targets.map((target) => target.key);
          expect(new Set(keys).size).toBe(keys.length);
          expect(keys.length).toBeLessThanOrEqual(16);
          const isReady = targets.map(
            ({ key, candidate }) =>
              view.isHealthy(candidate.provider.name) && ['ready', 'probe'].includes(view.judge(key)),
          );
          expect(isReady.lastIndexOf(true)).toBeLessThan(isReady.includes(false) ? isReady.indexOf(false) : 17);
          const expected = new Set([name, ...fallbacks].flatMap((one) => plan(one)));
          expect(new Set(targets.map(({ candidate }) => `${candidate.provider.name}/${candidate.model.id}`))).toEqual(
            expected,
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});
