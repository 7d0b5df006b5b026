import { type Advice, finishSteps, type ModelOffer, type Rates, type Usage } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { adviseAll } from './give-advice.ts';
import type { PastRequest } from './past-request.ts';

const facts = { cacheTtlSeconds: 3600, cacheHitPricePercent: 10 };
const keyId = '0190a000-0000-7000-8000-00000000000c';
let made = 0;

function stretch(length: number, change: Partial<PastRequest> = {}): PastRequest[] {
  return Array.from({ length }, (_, index) => pastRequest({ isWhole: true, beganMs: index * 60_000, ...change }));
}

/** Σ units × rate in pico-USD, up to whole nano-USD. */
function costOf(usage: Usage, rates: Rates, percent = 100n): bigint {
  const upTo = (amount: bigint, unit: bigint) => (amount + unit - 1n) / unit;
  let pico = 0n;
  for (const [component, units] of Object.entries(usage)) {
    const rate = BigInt(rates[component as keyof Usage] ?? 0);
    pico += BigInt(units) * upTo(rate * percent, 100n);
  }
  return upTo(pico, 1000n);
}

const dearRates: Rates = {
  inputUncached: '5000003',
  cacheRead: '500001',
  cacheWrite5m: '6250007',
  outputText: '15000001',
};
const cheapRates: Rates = { inputUncached: '150001', cacheRead: '75001', cacheWrite5m: '150001', outputText: '600003' };

function pastRequest(change: Partial<PastRequest> = {}): PastRequest {
  made += 1;
  const usage = change.usage ?? { inputUncached: 3000, outputText: 7 };
  const price = change.price ?? { version: 'dear@0123456789abcdef', rates: dearRates };
  return {
    requestId: `0190a000-0000-7000-8000-${String(made).padStart(12, '0')}`,
    ...{ beganMs: 0, endedMs: 10, provider: 'first', model: 'big', operation: 'chat.completions', keyId },
    ...{ userId: keyId, usage, price, amount: costOf(usage, price.rates), isWhole: false, isCompleted: true },
    ...{ isHit: false, bodyHash: null, prefixHash: null, prefixPermille: 0, ...change },
  };
}

function offer(change: Partial<ModelOffer> = {}): ModelOffer {
  return {
    ...{ provider: 'first', type: 'OpenAI', model: 'big', operations: ['chat.completions'], capabilities: ['tools'] },
    ...{ contextLength: 1000, maxOutputTokens: 100, rates: dearRates, batchPricePercent: null, ...change },
  };
}

const big = offer();
const small = offer({ model: 'small', rates: cheapRates });
const anyUsage: fc.Arbitrary<Usage> = fc.record({
  inputUncached: fc.integer({ min: 0, max: 200_000 }),
  cacheRead: fc.integer({ min: 0, max: 1000 }),
  outputText: fc.integer({ min: 1, max: 5000 }),
});

const sum = (amounts: readonly bigint[]) => amounts.reduce((all, one) => all + one, 0n);
const amountsOf = (advice: Advice | undefined) => [
  ...[BigInt(advice?.paidNanoUsd ?? -1), BigInt(advice?.wouldCostNanoUsd ?? -1), BigInt(advice?.savedNanoUsd ?? -1)],
];
const find = (found: readonly Advice[], kind: Advice['kind']) => found.filter((one) => one.kind === kind);

describe('advice', () => {
  it('I6: saves what each request costs less at another model or provider, computed by hand to the nano', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyUsage, { minLength: 1, maxLength: 40 }), async (usages) => {
        const requests = usages.map((usage) => pastRequest({ usage }));
        const found = finishSteps(
          adviseAll(requests, [big, small, offer({ provider: 'second', rates: cheapRates })], facts),
        );
        const paid = sum(requests.map(({ amount }) => amount));
        const would = sum(usages.map((usage) => costOf(usage, cheapRates)));
        for (const kind of ['cheaper_model', 'cheaper_provider'] as const) {
          const [advice] = find(found, kind);
          expect(amountsOf(advice)).toEqual([paid, would, paid - would]);
          expect(advice?.requests).toBe(usages.length);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('I6: saves of identical requests what the cache would have charged less, by hand', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyUsage,
        fc.array(fc.integer({ min: 0, max: 7200 }), { maxLength: 20 }),
        async (usage, pauses) => {
          let beganMs = 0;
          const requests = [0, ...pauses].map((pause) => {
            beganMs += pause * 1000;
            return pastRequest({ usage, bodyHash: 'same', beganMs, endedMs: beganMs + 500 });
          });
          // A cache by hand: who finds an answer that is younger than an hour hits it.
          let keptMs = Number.NEGATIVE_INFINITY;
          const hits: PastRequest[] = [];
          for (const request of requests) {
            const ageMs = request.beganMs - keptMs;
            if (ageMs >= 0 && ageMs < 3_600_000) hits.push(request);
            else if (ageMs >= 3_600_000) keptMs = request.endedMs;
          }
          const [advice] = find(finishSteps(adviseAll(requests, [], facts)), 'repeated_requests');
          const paid = sum(hits.map(({ amount }) => amount));
          const would = sum(hits.map(() => costOf(usage, dearRates, 10n)));
          expect(advice?.requests ?? 0).toBe(hits.length);
          if (hits.length > 0) expect(amountsOf(advice)).toEqual([paid, would, paid - would]);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('I6: saves of a shared beginning what reading it from the prompt cache costs less, the first write included', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 2048, max: 100_000 }), { minLength: 2, maxLength: 20 }),
        fc.integer({ min: 500, max: 1000 }),
        async (inputs, prefixPermille) => {
          const requests = inputs.map((inputUncached, index) =>
            pastRequest({
              ...{ usage: { inputUncached, outputText: 3 }, prefixHash: 'same', prefixPermille },
              beganMs: index * 60_000,
            }),
          );
          const would = sum(
            inputs.map((input, index) => {
              const shared = Math.floor((input * prefixPermille) / 1000);
              const counter = index === 0 ? 'cacheWrite5m' : 'cacheRead';
              return costOf({ inputUncached: input - shared, [counter]: shared, outputText: 3 }, dearRates);
            }),
          );
          const paid = sum(requests.map(({ amount }) => amount));
          const [advice] = find(finishSteps(adviseAll(requests, [], facts)), 'prompt_caching');
          if (would < paid) expect(amountsOf(advice)).toEqual([paid, would, paid - would]);
          else expect(advice).toBeUndefined();
        },
      ),
      { numRuns: 200 },
    );
  });

  it('I6: saves of long stretches without streaming what a batch costs less, by hand', async () => {
    const offers = [offer({ batchPricePercent: 50 })];
    const [advice, ...others] = find(finishSteps(adviseAll(stretch(100), offers, facts)), 'batch');
    const paid = 100n * costOf({ inputUncached: 3000, outputText: 7 }, dearRates);
    const would = 100n * costOf({ inputUncached: 3000, outputText: 7 }, dearRates, 50n);

    expect(others).toEqual([]);
    expect(amountsOf(advice)).toEqual([paid, would, paid - would]);
    expect(advice).toMatchObject({ keyId, current: { provider: 'first', model: 'big' }, requests: 100 });
    expect(find(finishSteps(adviseAll(stretch(99), offers, facts)), 'batch')).toEqual([]);
    expect(find(finishSteps(adviseAll(stretch(100, { isWhole: false }), offers, facts)), 'batch')).toEqual([]);
    expect(find(finishSteps(adviseAll(stretch(100), [offer()], facts)), 'batch')).toEqual([]);
    const slow = stretch(100).map((one, index) => ({ ...one, beganMs: index * 60_001 }));
    expect(find(finishSteps(adviseAll(slow, offers, facts)), 'batch')).toEqual([]);
  });

  it.each([
    ['lacks a capability', { capabilities: [] }],
    ['has a shorter context', { contextLength: 999 }],
    ['has a shorter output', { maxOutputTokens: 99 }],
    ['has another operation', { operations: ['embeddings'] }],
    ['has no rate for a counter in use', { rates: { inputUncached: '1' } }],
    ['costs as much', { rates: dearRates }],
  ] satisfies [string, Partial<ModelOffer>][])('proposes no model that %s', async (_why, change) => {
    const found = finishSteps(adviseAll([pastRequest()], [big, { ...small, ...change }], facts));
    expect(find(found, 'cheaper_model')).toEqual([]);
  });

  it('proposes the same model of another provider also under a name with the vendor before it', async () => {
    const elsewhere = offer({ provider: 'router', model: 'vendor/Big', rates: cheapRates });
    const found = finishSteps(adviseAll([pastRequest()], [big, elsewhere], facts));
    expect(found.map(({ kind, proposed }) => [kind, proposed])).toEqual([
      ['cheaper_provider', { provider: 'router', model: 'vendor/Big' }],
    ]);
  });

  it('counts no hit twice, no request that ran beside the first, and no embeddings', async () => {
    const first = pastRequest({ bodyHash: 'same', beganMs: 0, endedMs: 1000 });
    const beside = pastRequest({ bodyHash: 'same', beganMs: 999 });
    const hit = pastRequest({ bodyHash: 'same', beganMs: 2000, isHit: true });
    const failed = pastRequest({ bodyHash: 'other', isCompleted: false });
    const retried = pastRequest({ bodyHash: 'other', beganMs: 2000 });
    const embedded = [0, 5000].map((beganMs) => pastRequest({ bodyHash: 'e', operation: 'embeddings', beganMs }));
    const found = finishSteps(adviseAll([first, beside, hit, failed, retried, ...embedded], [], facts));
    expect(found).toEqual([]);
  });

  it('is computed in short steps, each kind of it, so that other work has turns (I12)', () => {
    const requests = stretch(3000);
    let steps = 0;
    let read = 0;
    let most = 0;
    const counted = requests.map((request) =>
      Object.defineProperty({ ...request }, 'provider', {
        get() {
          read += 1;
          return request.provider;
        },
      }),
    );
    for (const _step of adviseAll(counted, [big, small], facts)) {
      steps += 1;
      most = Math.max(most, read);
      read = 0;
    }

    expect(steps).toBeGreaterThan(4 * requests.length);
    expect(most).toBeLessThan(20);
  });
});
