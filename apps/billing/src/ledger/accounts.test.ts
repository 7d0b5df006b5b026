import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openWorld, type World } from '../testing/open-world.ts';
import { lockOrganization } from './accounts.ts';

describe('locked accounts', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  const isSomeoneWaiting = async () => {
    const [row] = await world.database.$queryRaw<{ n: bigint }[]>`
      SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    return row !== undefined && row.n > 0n;
  };

  it('have the purse of a payer that came while they were waited for', async () => {
    const [payer, orgId] = [await world.fund(7n), await world.fund(1n)];
    const { database } = world;
    const { promise: attached, resolve: attach } = Promise.withResolvers<void>();
    const { promise: isLocked, resolve: locked } = Promise.withResolvers<void>();
    const changing = database.$transaction(async (tx) => {
      await lockOrganization(tx, orgId);
      locked();
      await attached;
      await tx.$executeRaw`
        UPDATE account SET payer_id = ${payer}::uuid WHERE org_id = ${orgId}::uuid AND kind IN ('leased', 'held')`;
    });
    await isLocked;
    const waiting = database.$transaction(async (tx) => (await lockOrganization(tx, orgId)).purse);
    while (!(await isSomeoneWaiting()));
    attach();
    await changing;
    expect(await waiting).toMatchObject({ orgId: payer, available: 7n });
  });
});
