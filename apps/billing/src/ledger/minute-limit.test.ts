import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLeaseDesk } from '../leases/lease-desk.ts';
import { openWorld, type World } from '../testing/open-world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld({ leaseTargetNanoUsd: 100_000n });
});
afterAll(() => world.close());

describe('leases', () => {
  it('are no more than the operator allows in one minute, and smaller at its end', async () => {
    const of = { ...world, config: { ...world.config, chargeMinuteMaxNanoUsd: 150_000n } };
    const orgId = await world.fund(10_000_000n);
    const desk = createLeaseDesk(of);
    const thisMinute = () => world.database.$executeRaw`
      UPDATE minute_grant SET minute = date_trunc('minute', now()) WHERE org_id = ${orgId}::uuid`;
    expect(await desk.lease(orgId, 5000n)).toMatchObject({ result: 'granted', amountNanoUsd: '100000' });
    await thisMinute();
    expect(await desk.lease(orgId, 5000n)).toMatchObject({ result: 'granted', amountNanoUsd: '50000' });
    await thisMinute();
    const refused = await desk.lease(orgId, 1n);
    expect(refused).toEqual({ result: 'limited', retryAfterMs: expect.any(Number) });
    expect(refused.result === 'limited' && refused.retryAfterMs <= 60_000).toBe(true);
    expect(await world.balances(orgId)).toEqual({ available: 9_850_000n, leased: 150_000n });
    await world.database.$executeRaw`UPDATE minute_grant SET minute = minute - interval '1 minute'`;
    expect(await desk.lease(orgId, 1n)).toMatchObject({ result: 'granted' });
  });
});
