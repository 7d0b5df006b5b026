import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openWorld, type World } from '../testing/open-world.ts';
import { usageEvent } from '../testing/usage-event.ts';
import { foldAnew, foldNext } from './fold-ledger.ts';
import { createLedgerWatch } from './watch-ledger.ts';

describe('the fold of the ledger (I6)', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  /** Around the triggers, as only an owner of the whole database can. */
  const alter = (statement: string) =>
    world.database.$transaction([
      world.database.$executeRawUnsafe('ALTER TABLE transfer DISABLE TRIGGER ALL'),
      world.database.$executeRawUnsafe(statement),
      world.database.$executeRawUnsafe('ALTER TABLE transfer ENABLE TRIGGER ALL'),
    ]);
  const age = () => alter(`UPDATE transfer SET time = time - interval '1 hour'`);
  const readFold = () => world.database.ledgerFold.findUniqueOrThrow({ where: { id: 1 } });
  const foldAll = async (limit: number) => {
    while (!(await foldNext(world.database, limit)));
  };
  const spend = async (orgId: string, costs: readonly number[]) => {
    await world.handle(...costs.map((costNanoUsd) => usageEvent({ orgId, costNanoUsd })));
  };

  it('gives the same answer as reading everything, wherever it stands and however small its slices are', async () => {
    const orgId = await world.fund(1_000_000n);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        async (costs, limit, isWhole) => {
          await spend(orgId, costs);
          if (isWhole) await foldAnew(world.database);
          await age();
          await foldNext(world.database, limit);
          const [partly, transfers] = [await world.check(), await world.count('transfer')];
          expect(await world.check(limit)).toEqual(partly);
          await foldAll(limit);
          const { transfers: folded } = await readFold();

          expect(partly).toMatchObject({ isConsistent: true, transfers, sumNanoUsd: '0' });
          expect(await world.check()).toEqual(partly);
          expect(Number(folded)).toBe(transfers);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('leaves transfers of the last minutes to the check itself', async () => {
    await foldAll(100);
    const before = await readFold();
    await spend(await world.fund(1000n), [10, 20]);
    await foldAll(100);
    expect(await readFold()).toEqual(before);
    expect(await world.check()).toMatchObject({ isConsistent: true });
  });

  it('finds a changed balance, and a changed transfer once all is read again', async () => {
    const orgId = await world.fund(1000n);
    await age();
    await foldAll(100);
    const changeBalance = (by: number) =>
      world.database.$executeRaw`
        UPDATE account SET balance = balance + ${by}::int WHERE org_id = ${orgId}::uuid AND kind = 'available'`;
    await changeBalance(1);
    for (const portion of [1, 2, 100]) {
      expect(await world.check(portion)).toMatchObject({ isConsistent: false, faults: [{ kind: 'available' }] });
    }
    await changeBalance(-1);

    const change = (by: number) =>
      alter(`UPDATE transfer SET amount = amount + ${by} WHERE credit_account IN
        (SELECT id FROM account WHERE org_id = '${orgId}' AND kind = 'available')`);
    await change(1);
    expect((await world.check()).isConsistent).toBe(true);
    const watch = createLedgerWatch(world.database, world.events);
    await world.database.$executeRaw`UPDATE ledger_fold SET begun_at = now() - interval '25 hours'`;
    await watch.step();
    expect(await world.figure('billing_ledger_faults')).toBe(2);
    await change(-1);
    await foldAnew(world.database);
    await foldAll(100);
  });

  it('is not believed if it is wrong itself: all is read again before a fault is reported', async () => {
    await age();
    await foldAll(100);
    await world.database.$executeRaw`UPDATE ledger_fold_account SET folded = folded + 1`;
    expect((await world.check()).isConsistent).toBe(false);
    await world.database.$executeRaw`DELETE FROM background_turn`;
    await createLedgerWatch(world.database, world.events).step();
    expect(await world.figure('billing_ledger_faults')).toBe(0);
  });
});
