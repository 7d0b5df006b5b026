import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { installation } from '../audit/write-audit.ts';
import { handleUsageRecorded } from '../consumers/usage-recorded.ts';
import { attach } from '../payers/attach.ts';
import { type PaymentWorld, startPayments } from '../testing/start-payments.ts';
import { correctionOf, toRecord, usageEvent } from '../testing/usage-event.ts';
import { LineSums } from './line-sums.ts';
import { readLedgerLines } from './read-ledger-lines.ts';

const dayMs = 86_400_000;
const week = { from: new Date(Date.now() - 3 * dayMs), to: new Date(Date.now() + 4 * dayMs) };

describe('lines of a month', () => {
  let world: PaymentWorld;
  beforeAll(async () => {
    world = await startPayments();
    await world.paid();
  });
  afterAll(() => world.stop());

  it('are the same to the nano, read in portions of any size', async () => {
    const { orgId } = world.owner;
    const branch = randomUUID();
    const credit = { amountNanoUsd: '1000', expiresAt: new Date(Date.now() + dayMs).toISOString() };
    const gift = { ...credit, organizationId: orgId, description: 'Gift', idempotencyKey: randomUUID() };
    expect((await world.ask('POST', '/v1/billing/promotional-credits', world.operator, gift)).status).toBe(201);
    const needed = { orgId, neededNanoUsd: '1000' };
    await world.askAsPeer('POST', '/internal/leases', 'proxy', needed);
    await attach(world.context, { orgId: branch, payerId: orgId }, installation, false);
    const charged = [orgId, branch, orgId, branch, orgId].map((owner, index) =>
      usageEvent({ orgId: owner, costNanoUsd: 1_000_003 * (index + 1), model: `model-${index % 2}` }),
    );
    const estimate = usageEvent({ orgId, costNanoUsd: 5000, estimated: true, outcome: 'aborted' });
    const events = [...charged, estimate, correctionOf(estimate, 7000)];
    await handleUsageRecorded(world.context, events.map(toRecord));
    for (const by of ['invoice', 'organization', 'model', 'user', 'key', 'team'] as const) {
      const whole = await readLedgerLines(world.context.database, orgId, week, { by });
      const total = whole.reduce((sum, { amount }) => sum + amount, 0n);
      const spent = charged.filter((event) => event.orgId === orgId || by === 'invoice' || by === 'organization');
      expect(total).toBe(spent.reduce((sum, { amountNanoUsd }) => sum + BigInt(amountNanoUsd), 7000n - 1000n));
      for (const portion of [1, 2, 3]) {
        expect(await readLedgerLines(world.context.database, orgId, week, { by }, portion)).toEqual(whole);
      }
    }
  });

  it('beyond the most that memory keeps are added up in one, exactly', () => {
    const sums = new LineSums();
    for (let index = 0; index < 60_000; index += 1) {
      sums.add([{ subject: `s${index}`, description: 'Requests of a value of the tag', requests: 1, amount: 1n }]);
    }
    const lines = sums.sorted(false);
    expect(lines).toHaveLength(50_001);
    expect(lines[0]).toEqual({ subject: null, description: 'All others', requests: 10_000, amount: 10_000n });
  });
});
