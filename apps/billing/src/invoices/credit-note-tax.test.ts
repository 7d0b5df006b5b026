import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { handleUsageRecorded } from '../consumers/usage-recorded.ts';
import { type PaymentWorld, startPayments } from '../testing/start-payments.ts';
import { toRecord, usageEvent } from '../testing/usage-event.ts';
import { issueInvoices } from './issue-invoices.ts';
import { monthOf } from './month-bounds.ts';

describe('credit notes of a whole invoice', () => {
  let world: PaymentWorld;
  beforeAll(async () => {
    world = await startPayments();
    await world.paid();
    const seller = { name: 'X', address: ['Y'], taxId: '1', numberPrefix: 'INV-', taxName: 'VAT', taxPpm: 200_000 };
    await world.ask('PUT', '/v1/billing/legal-entity', world.operator, seller);
  });
  afterAll(() => world.stop());

  it('take back its tax, and no cent more (I6)', async () => {
    const { orgId } = world.owner;
    await handleUsageRecorded(world.context, [toRecord(usageEvent({ orgId, costNanoUsd: 300_000_000 }))]);
    world.clock.now = new Date(monthOf(world.clock.now, 'UTC').to.getTime() + 3_600_000);
    expect(await issueInvoices(world.context)).toBe(1);
    const [invoice] = (await world.ask('GET', '/v1/billing/invoices', world.owner)).body.data;
    expect(invoice.totalCents).toBe('30');
    const taxes: number[] = [];
    for (let at = 0; at < 10; at += 1) {
      const body = { amountNanoUsd: '30000000', reasonKey: `reason-${at}-abcdef`, description: 'back' };
      const answer = await world.ask('POST', `/v1/billing/invoices/${invoice.id}/credit-notes`, world.operator, body);
      expect(answer.status).toBe(201);
      taxes.push(Number(answer.body.tax[0]?.cents ?? 0));
    }
    // Half a cent of each is rounded over all of them.
    expect(taxes.reduce((sum, cents) => sum + cents, 0)).toBe(5);
    const where = { orgId: null, kind: 'tax_payable' };
    expect((await world.context.database.account.findFirstOrThrow({ where })).balance).toBe(0n);
    expect(await world.isConsistent()).toBe(true);
  });
});
