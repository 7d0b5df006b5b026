import { randomUUID } from 'node:crypto';
import { findUncoveredTables } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { handleUsageRecorded } from '../consumers/usage-recorded.ts';
import { type PaymentWorld, startPayments } from '../testing/start-payments.ts';
import { toRecord, usageEvent } from '../testing/usage-event.ts';

/** Tables that every read of a tenant may see: facts of the installation that name no one. */
const bare = ['_prisma_migrations', 'exchange_rate', 'legal_entity', 'subscription_plan'];

describe('row-level security', () => {
  let world: PaymentWorld;
  const other = randomUUID();
  const requestIds = { own: randomUUID(), other: randomUUID() };
  beforeAll(async () => {
    world = await startPayments();
    await world.paid();
    const { database } = world.context;
    const plan = { name: 'all', feeNanoUsd: '10000000', includedCreditNanoUsd: '0', trialDays: 0 };
    const { body } = await world.ask('POST', '/v1/billing/plans', world.operator, plan);
    await world.ask('PUT', '/v1/billing/subscription', world.owner, { planId: body.id });
    for (const [orgId, requestId] of [
      [world.owner.orgId, requestIds.own],
      [other, requestIds.other],
    ] as const) {
      await handleUsageRecorded(world.context, [toRecord(usageEvent({ orgId, requestId }))]);
      await database.paidOrganization.create({
        data: { orgId, payerId: randomUUID(), state: 'asked', since: new Date(), confirmedAt: new Date() },
      });
    }
  });
  afterAll(() => world.stop());

  it('shows a query without a filter no row of another organisation (I17)', async () => {
    const { orgId } = world.owner;
    const { readAsTenant, database } = world.context;
    const seen = await readAsTenant(orgId, async (reader) => ({
      accounts: await reader.account.findMany(),
      lines: await reader.statementLine.findMany(),
      charges: await reader.charge.findMany(),
      payments: await reader.payment.findMany(),
      subscriptions: await reader.subscription.findMany(),
      paid: await reader.paidOrganization.findMany(),
    }));
    for (const [name, rows] of Object.entries(seen)) {
      expect({ name, of: [...new Set(rows.map((row) => row.orgId))] }).toEqual({ name, of: [orgId] });
    }
    const hidden = await readAsTenant(orgId, async (reader) => [
      await reader.transfer.count(),
      await reader.spool.count(),
      await reader.inbox.count(),
      await reader.subscriptionCharge.count(),
    ]);
    expect(hidden).toEqual([0, 0, 0, 1]);
    expect(await readAsTenant(other, (reader) => reader.subscriptionCharge.count())).toBe(0);
    expect(await database.charge.count()).toBe(2);
    expect(await readAsTenant(null, (reader) => reader.charge.count())).toBe(2);
  });

  it('shows no partition of a table, where the policy of the whole does not hold (I17)', async () => {
    const read = world.context.readAsTenant(world.owner.orgId, (reader) => reader.$queryRaw`SELECT FROM charge_rest`);
    await expect(read).rejects.toThrow(/permission denied/);
  });

  it('lets a read of one organisation write nothing', async () => {
    const write = world.context.readAsTenant(world.owner.orgId, (reader) => reader.payment.deleteMany());
    await expect(write).rejects.toThrow(/permission denied/);
  });

  it('covers every table', async () => {
    expect(await findUncoveredTables((sql) => world.context.database.$queryRawUnsafe(sql))).toEqual(bare);
  });

  it('shows an owner what is of its organisation by the routes, and an operator all', async () => {
    const read = (path: string, as: Parameters<PaymentWorld['ask']>[2]) => world.ask('GET', `/v1/billing/${path}`, as);
    expect((await read('transactions', world.owner)).body.data.length).toBeGreaterThan(2);
    expect((await read('subscription', world.owner)).body.subscription.state).toBe('active');
    expect((await read('payer', world.owner)).body.payer.state).toBe('asked');
    const explained = await read(`explain/${requestIds.own}`, world.owner);
    expect(explained.body.transfers.length).toBeGreaterThan(0);
    expect((await read(`explain/${requestIds.other}`, world.owner)).status).toBe(404);
    expect((await read(`explain/${requestIds.other}`, world.operator)).status).toBe(200);
  });
});
