import { randomUUID } from 'node:crypto';
import { scalePrice } from '@aggregator/pricing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openWorld, type World } from '../testing/open-world.ts';
import { usageEvent } from '../testing/usage-event.ts';
import { type Difference, rerate } from './rerate.ts';

const hash = '0123456789abcdef';
const listed = { version: `openai/gpt@${hash}`, rates: { inputUncached: '1001', outputText: '3003' } };
const dear = scalePrice(listed, 1_333_333, 'x1333333');
const hit = scalePrice(dear, 500_000, 'hit-50');
const used = { inputUncached: 7, outputText: 11 };

describe('computing all charges again', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  async function run(stored = listed.rates) {
    const differences: Difference[] = [];
    const sums = await rerate(
      world.database,
      async () => new Map([[hash, stored]]),
      (one) => differences.push(one),
    );
    return { sums, differences };
  }

  it('I22: finds no difference in charges of list, marked-up and cached prices of any payer', async () => {
    const orgId = await world.fund(60n);
    const failed = {
      ...{ provider: 'p', model: 'm', errorCode: 'upstream_timeout', latencyMs: 1 },
      spent: { usage: { inputUncached: 1 }, costNanoUsd: '2', priceVersion: 'other' },
    };
    await world.handle(
      ...[listed, dear].map((price) => usageEvent({ orgId, usage: used, price })),
      usageEvent({ orgId, usage: used, price: hit, cache: 'hit' }),
      usageEvent({ orgId, usage: used, price: dear, attempts: [failed, failed] }),
      usageEvent({ orgId, usage: {}, outcome: 'void', price: dear }),
    );
    const { sums, differences } = await run();

    expect(differences).toEqual([]);
    expect(sums).toMatchObject({ charges: 5, differences: 0, unknownPrices: 0 });
    expect(sums.computedNanoUsd).toBe(sums.postedNanoUsd);
  });

  it('I22: names the charge if the registry says another price than was charged', async () => {
    const { sums, differences } = await run({ ...listed.rates, outputText: '4004' });

    expect(sums.differences).toBe(differences.length);
    expect(new Set(differences.map(({ what }) => what))).toEqual(new Set(['rates', 'amount']));
    expect(differences).toContainEqual(
      expect.objectContaining({ what: 'rates', posted: 'inputUncached 1001, outputText 3003' }),
    );
  });

  it('I6: names a charge whose transfers or cost are not what it says', async () => {
    const orgId = await world.fund(1000n);
    const requestId = randomUUID();
    await world.database.$executeRaw`
      INSERT INTO charge (request_id, event_id, org_id, user_id, operation, provider, model, usage, price, amount, cost,
        estimated, outcome, time)
      VALUES (${requestId}::uuid, 'x', ${orgId}::uuid, ${orgId}::uuid, 'chat.completions', 'p', 'm', ${used}, ${listed}, 41, 40,
        false, 'completed', now())`;
    const { differences } = await run();

    expect(differences).toEqual([
      { requestId, what: 'transfers', posted: '0', computed: '41' },
      { requestId, what: 'cost', posted: '40', computed: '41' },
    ]);
  });

  it('counts charges whose price is unknown', async () => {
    const sums = await rerate(
      world.database,
      async () => new Map(),
      () => undefined,
    );

    expect(sums.unknownPrices).toBe(sums.charges);
  });
});
