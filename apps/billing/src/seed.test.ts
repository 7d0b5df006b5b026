import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { seed } from './seed.ts';
import { openWorld, type World } from './testing/open-world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

describe('the seed', () => {
  it('gives an organisation its first balance once, also when it is run again with another amount', async () => {
    const organizationId = randomUUID();
    await seed(world.url, { organizationId, topUpNanoUsd: 5_000_000_000n });
    await seed(world.url, { organizationId, topUpNanoUsd: 5_000_000_000n });
    await seed(world.url, { organizationId, topUpNanoUsd: 7_000_000_000n });
    expect(await world.balances(organizationId)).toEqual({ available: 5_000_000_000n, leased: 0n });
  });
});
