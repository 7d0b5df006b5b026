import { type RouteStrategy, routingSnapshot } from '@aggregator/contracts';
import type { TargetMeasures } from '@aggregator/resilience';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planRoute } from './plan-route.ts';
import type { RouteRequest } from './route-port.ts';
import { indexSnapshot } from './snapshot-index.ts';
import {
  sampleCandidate,
  sampleChance,
  sampleModel,
  sampleProvider,
  sampleRequest,
  sampleRoute,
  sampleView,
} from './testing/sample-snapshot.ts';

const names = ['dear', 'even', 'cheap', 'spare'];
const prices = { dear: 'p9', even: 'p1', cheap: 'p1', spare: 'p0' };

const index = indexSnapshot(
  routingSnapshot.parse({
    version: 1,
    epoch: 1,
    providers: Object.entries(prices).map(([name, priceVersion]) =>
      sampleProvider(name, [sampleModel('model', { priceVersion })]),
    ),
    routes: (['latency', 'price'] as const).map((strategy) =>
      sampleRoute(
        strategy,
        names.map((name) => sampleCandidate(name, 'model', 0, name === 'spare' ? 0 : 1)),
        { strategy, isSticky: true },
      ),
    ),
    prices: {
      p0: { inputUncached: '1', outputText: '1' },
      p1: { inputUncached: '150000', outputText: '600000' },
      // Cheaper to read, dearer in all.
      p9: { inputUncached: '100000', outputText: '900000' },
    },
  }),
);

type Measures = Record<string, Partial<TargetMeasures>>;

/** Providers in the order to try. Chance 0.5 explores nothing. */
function order(strategy: RouteStrategy, measures: Measures, random = () => 0.5, more: Partial<RouteRequest> = {}) {
  const plan = planRoute(index, sampleRequest(strategy, more), sampleView({ measures }), random);
  return plan.targets.map(({ candidate }) => candidate.provider.name);
}

function sharesOfFirst(strategy: RouteStrategy, measures: Measures, requests = 4000): Map<string, number> {
  const random = sampleChance();
  const shares = new Map<string, number>();
  for (let request = 0; request < requests; request += 1) {
    const first = order(strategy, measures, random)[0] ?? '';
    shares.set(first, (shares.get(first) ?? 0) + 1 / requests);
  }
  return shares;
}

describe('the latency strategy', () => {
  it('takes the fastest first, the slower after it by speed, weight 0 last', () => {
    const measures = {
      dear: { latencyMs: 900 },
      even: { latencyMs: 300 },
      cheap: { latencyMs: 600 },
      spare: { latencyMs: 1 },
    };
    expect(order('latency', measures)).toEqual(['even', 'cheap', 'dear', 'spare']);
  });

  it('counts the time of tokens, and failures by the square of what is left whole', () => {
    const fast = { latencyMs: 200, tokensPerSecond: 100, errorShare: 0 };
    expect(order('latency', { dear: fast, even: { ...fast, tokensPerSecond: 20 }, cheap: fast })[2]).toBe('even');
    expect(order('latency', { dear: fast, even: fast, cheap: { ...fast, errorShare: 0.3 } })[2]).toBe('cheap');
  });

  it('shares evenly among those within 15 % of the best and leaves the far ones a trace', () => {
    const shares = sharesOfFirst('latency', {
      dear: { latencyMs: 1000 },
      even: { latencyMs: 1140 },
      cheap: { latencyMs: 2000 },
    });
    expect(shares.get('dear')).toBeCloseTo(0.5, 1);
    expect(shares.get('even')).toBeCloseTo(0.5, 1);
    expect(shares.get('cheap')).toBeGreaterThan(0.002);
    expect(shares.get('cheap')).toBeLessThan(0.015);
  });

  it('never swings over: one per cent more of latency moves at most a few per cent of the requests', () => {
    const shareAt = (latencyMs: number) =>
      sharesOfFirst('latency', { dear: { latencyMs: 1000 }, even: { latencyMs }, cheap: { latencyMs: 9000 } }).get(
        'even',
      ) ?? 0;
    let last = shareAt(1000);
    for (let latencyMs = 1010; latencyMs <= 1600; latencyMs += 10) {
      const share = shareAt(latencyMs);
      expect(Math.abs(share - last)).toBeLessThan(0.05);
      last = share;
    }
    expect(last).toBeLessThan(0.02);
  });

  it('gives who was never measured a fair share, and the next request to who is to be probed', () => {
    const shares = sharesOfFirst('latency', { dear: { latencyMs: 1000 }, even: { latencyMs: 1000 } });
    expect(shares.get('cheap')).toBeCloseTo(1 / 3, 1);
    const view = sampleView({
      standings: { cheap: 'probe' },
      measures: { dear: { latencyMs: 10 }, even: { latencyMs: 10 }, cheap: { latencyMs: 9000, errorShare: 1 } },
    });
    const plan = planRoute(index, sampleRequest('latency'), view, () => 0.5);
    expect(plan.targets[0]?.candidate.provider.name).toBe('cheap');
  });

  it('keeps a session with one of the near-equals, and explores nothing with it', () => {
    const measures = { dear: { latencyMs: 1000 }, even: { latencyMs: 1050 }, cheap: { latencyMs: 5000 } };
    const chosen = Array.from({ length: 100 }, (_, session) => {
      const firsts = [0, 0.3, 0.9].map(
        (drawn) => order('latency', measures, () => drawn, { affinity: `o/${session}` })[0],
      );
      expect(new Set(firsts).size).toBe(1);
      return firsts[0];
    });
    expect(new Set(chosen)).toEqual(new Set(['dear', 'even']));
  });
});

describe('a candidate with several keys', () => {
  it('counts as the best of them', () => {
    const pools = indexSnapshot(
      routingSnapshot.parse({
        version: 1,
        epoch: 1,
        providers: ['one', 'two'].map((name) =>
          sampleProvider(name, [sampleModel('model')], { credentialRefs: ['env:FAST', 'env:SLOW'] }),
        ),
        routes: [],
        prices: { p1: { inputUncached: '1', outputText: '1' } },
      }),
    );
    const measures = {
      'one\nmodel\nenv:FAST': { latencyMs: 100 },
      'one\nmodel\nenv:SLOW': { latencyMs: 9000 },
      two: { latencyMs: 500 },
    };
    const plan = planRoute(pools, sampleRequest('model'), sampleView({ measures }), () => 0.5);
    expect(plan.targets[0]?.candidate.provider.name).toBe('one');
  });
});

describe('the price strategy', () => {
  it('takes the cheapest first by 1000 tokens in and out, those of equal price by latency, weight 0 last', () => {
    const measures = { dear: { latencyMs: 1 }, even: { latencyMs: 900 }, cheap: { latencyMs: 300 } };
    expect(order('price', measures)).toEqual(['cheap', 'even', 'dear', 'spare']);
    expect(order('price', { ...measures, even: { latencyMs: 100 } })).toEqual(['even', 'cheap', 'dear', 'spare']);
  });
});

describe('the caller’s sort', () => {
  const measures = {
    dear: { latencyMs: 100, tokensPerSecond: 200 },
    even: { latencyMs: 3000, tokensPerSecond: 900 },
    cheap: { latencyMs: 900, tokensPerSecond: 300 },
  };
  const sorted = (sort: 'price' | 'latency' | 'throughput', random = () => 0.5) =>
    order('latency', measures, random, { preferences: { sort } }).slice(0, 3);

  it('takes the place of the route’s strategy', () => {
    expect(sorted('price')).toEqual(['cheap', 'even', 'dear']);
    expect(sorted('latency')).toEqual(['dear', 'cheap', 'even']);
    expect(sorted('throughput')).toEqual(['even', 'cheap', 'dear']);
  });

  it('explores nothing at the expense of who said what they want', () => {
    const random = sampleChance();
    for (let request = 0; request < 1000; request += 1) expect(sorted('throughput', random)[0]).toBe('even');
  });
});

describe('every strategy', () => {
  it('returns an order of all for any measurement and any draw', () => {
    const measure = fc.record({
      latencyMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
      tokensPerSecond: fc.option(fc.double({ min: 0.1, max: 1e4, noNaN: true }), { nil: null }),
      errorShare: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.constantFrom<RouteStrategy>('latency', 'price'),
        fc.dictionary(fc.constantFrom(...names), measure),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (strategy, measures, drawn) => {
          const found = order(strategy, measures, () => drawn);
          expect([...found].sort()).toEqual([...names].sort());
          expect(found.at(-1)).toBe('spare');
        },
      ),
      { numRuns: 500 },
    );
  });
});
