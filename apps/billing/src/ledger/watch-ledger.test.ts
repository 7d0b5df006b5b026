import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openWorld, type World } from '../testing/open-world.ts';
import { createLedgerWatch } from './watch-ledger.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const restIsOver = () =>
  world.database.$executeRaw`UPDATE background_turn SET finished_at = finished_at - interval '1 hour'`;

it('checks the ledger by itself, shows faults on every instance, and shows none once they are mended (I6)', async () => {
  const orgId = await world.fund(1000n);
  const watches = [createLedgerWatch(world.database, world.events), createLedgerWatch(world.database, world.events)];
  for (const watch of watches) await watch.step();
  expect(await world.figure('billing_ledger_faults')).toBe(0);

  await world.database.$executeRaw`
    UPDATE account SET balance = balance + 1 WHERE org_id = ${orgId}::uuid AND kind = 'available'`;
  for (const watch of watches) await watch.step();
  expect(await world.figure('billing_ledger_faults')).toBe(0);
  await restIsOver();
  for (const watch of watches) await watch.step();
  expect(await world.figure('billing_ledger_faults')).toBe(2);
  expect(world.logs.map(({ event }) => event)).toContain('ledger_faulty');

  await world.database.$executeRaw`
    UPDATE account SET balance = balance - 1 WHERE org_id = ${orgId}::uuid AND kind = 'available'`;
  await restIsOver();
  for (const watch of watches) await watch.step();
  expect(await world.figure('billing_ledger_faults')).toBe(0);
});
