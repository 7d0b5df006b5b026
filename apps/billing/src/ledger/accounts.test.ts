import { readSqlState } from '@aggregator/database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isDatabaseFailure } from '../database/classify-error.ts';
import { openWorld, type World } from '../testing/open-world.ts';
import { lockOrganization, lockPayers, platformAccounts } from './accounts.ts';

describe('locked accounts', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  const waitForLocks = async (count: number) => {
    for (let waiting = -1; waiting !== count; ) {
      const [row] = await world.database.$queryRaw<{ n: bigint }[]>`
        SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      waiting = Number(row?.n);
    }
  };
  const promise = () => [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;

  it('have the purse of a payer that came while they were waited for, and are locked in one order', async () => {
    const [payer, orgId] = [await world.fund(7n), await world.fund(1n)];
    const { database } = world;
    const [isChanging, change] = promise();
    const changing = database.$transaction(async (tx) => {
      await lockPayers(tx);
      await lockOrganization(tx, orgId);
      isChanging.resolve();
      await change.promise;
      await tx.$executeRaw`
        UPDATE account SET payer_id = ${payer}::uuid WHERE org_id = ${orgId}::uuid AND kind IN ('leased', 'held')`;
    });
    await isChanging.promise;
    const waiting = database.$transaction(
      async (tx) => (await lockOrganization(tx, orgId, [platformAccounts.revenue])).purse,
    );
    await waitForLocks(1);
    const [isHeld, proceed] = promise();
    // Another transaction has the payer's accounts, and takes those of the platform next.
    const other = database.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT id FROM account WHERE org_id = ${payer}::uuid ORDER BY id FOR NO KEY UPDATE`;
      isHeld.resolve();
      await proceed.promise;
      await tx.$queryRaw`SELECT id FROM account WHERE id = ${platformAccounts.revenue}::uuid FOR NO KEY UPDATE`;
    });
    await isHeld.promise;
    change.resolve();
    await changing;
    await waitForLocks(1);
    proceed.resolve();
    await other;
    expect(await waiting).toMatchObject({ orgId: payer, available: 7n });
  });

  it('are not waited for without end by a change of the payer, and what queues behind it continues (I12)', async () => {
    const orgId = await world.fund(1n);
    const { database } = world;
    const [isHeld, proceed] = promise();
    const long = database.$transaction(async (tx) => {
      await lockOrganization(tx, orgId);
      isHeld.resolve();
      await proceed.promise;
    });
    await isHeld.promise;
    const error = await database.$transaction((tx) => lockPayers(tx, 50)).catch((thrown: unknown) => thrown);

    expect(isDatabaseFailure(error)).toBe(true);
    expect(readSqlState(error)).toBe('55P03');
    const next = await world.fund(2n);
    expect(await database.$transaction((tx) => lockOrganization(tx, next))).toMatchObject({ available: 2n });
    proceed.resolve();
    await long;
  });
});
