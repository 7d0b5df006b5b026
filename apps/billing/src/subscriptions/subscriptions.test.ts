import { randomUUID } from 'node:crypto';
import type { BillingNotice } from '@aggregator/contracts';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runAutomaticTopUps } from '../automatic-top-ups/run-automatic-top-ups.ts';
import { issueInvoices } from '../invoices/issue-invoices.ts';
import { lockOrganization, platformAccounts, readAccounts } from '../ledger/accounts.ts';
import { postTransfers } from '../ledger/post-transfers.ts';
import { relayNotices } from '../notices/relay-notices.ts';
import { drawPromotional } from '../promotional-credits/draw-promotional.ts';
import { expirePromotionalCredits } from '../promotional-credits/promotional-credits.ts';
import { type PaymentWorld, startPayments, twenty } from '../testing/start-payments.ts';
import { renewSubscriptions } from './renew-subscriptions.ts';

const [hourMs, dayMs] = [3_600_000, 86_400_000];
const dollars = (count: number) => (BigInt(count) * 1_000_000_000n).toString();

let world: PaymentWorld;
let sent: BillingNotice[];
beforeEach(async () => {
  sent = [];
  const send = async (notice: BillingNotice) => {
    if (!sent.some(({ id }) => id === notice.id)) sent.push(notice);
  };
  world = await startPayments({}, { noticeDesk: { send } });
});
afterEach(() => world.stop());

const createPlan = async (fields: Record<string, unknown> = {}) => {
  const body = { name: randomUUID(), feeNanoUsd: dollars(10), ...fields };
  return (await world.ask('POST', '/v1/billing/plans', world.operator, body)).body;
};
const put = (planId: string) => world.ask('PUT', '/v1/billing/subscription', world.owner, { planId });
const cancel = (when: string) => world.ask('DELETE', `/v1/billing/subscription?when=${when}`, world.owner);
const read = async () => (await world.ask('GET', '/v1/billing/subscription', world.owner)).body.subscription;
const promotional = async () => (await readAccounts(world.context.database, world.owner.orgId))?.promotional ?? 0n;
const renew = () => renewSubscriptions(world.context);
const types = async () => {
  await relayNotices(world.context);
  return sent.map(({ type }) => type).filter((type) => type.startsWith('subscription.'));
};

describe('a subscription', () => {
  it('takes its fee and gives its credit once, also for twins, and not without the money', async () => {
    const plan = await createPlan({ includedCreditNanoUsd: dollars(4) });
    expect((await put(plan.id)).body.code).toBe('conflict');
    expect(await read()).toBeNull();
    await world.paid();
    const statuses = (await Promise.all([1, 2, 3].map(() => put(plan.id)))).map(({ status }) => status);
    expect(statuses).toContain(200);
    expect(await put(plan.id)).toMatchObject({ status: 200, body: { subscription: { state: 'active', plan } } });
    expect([await world.available(), await promotional()]).toEqual([twenty - 10_000_000_000n, 4_000_000_000n]);
    expect(await world.isConsistent()).toBe(true);
  });

  it('is renewed by the clock, once for each period; credit that was not spent ends with its period', async () => {
    await world.paid();
    await put((await createPlan({ includedCreditNanoUsd: dollars(4) })).id);
    const { periodEnd } = await read();
    world.clock.now = new Date(Date.parse(periodEnd) - 1);
    await renew();
    expect(await world.available()).toBe(10_000_000_000n);
    world.clock.advance(1);
    await Promise.all([renew(), renew(), renew()]);
    await expirePromotionalCredits(world.context);
    expect([await world.available(), await promotional()]).toEqual([0n, 4_000_000_000n]);
    expect(await read()).toMatchObject({ state: 'active', periodStart: periodEnd });
    expect(await types()).toEqual(['subscription.renewed']);
    expect(await world.isConsistent()).toBe(true);
  });

  it('is prorated when the plan changes, up and down, and returns the unused part when it ends now', async () => {
    await world.paid();
    const [small, large] = [await createPlan(), await createPlan({ feeNanoUsd: dollars(16) })];
    await put(small.id);
    const { periodStart, periodEnd } = await read();
    const half = (Date.parse(periodEnd) - Date.parse(periodStart)) / 2;
    world.clock.now = new Date(Date.parse(periodStart) + half);
    expect((await put(large.id)).body.subscription.plan).toEqual(large);
    expect(await world.available()).toBe(7_000_000_000n);
    await put(small.id);
    expect(await world.available()).toBe(10_000_000_000n);
    expect((await cancel('now')).body.subscription).toMatchObject({ state: 'ended' });
    expect(await world.available()).toBe(15_000_000_000n);
    expect((await cancel('now')).status).toBe(404);
    expect(await world.isConsistent()).toBe(true);
  });

  /** Spends all of the credit, as a hold beyond the balance does. */
  const spendCredit = (amountNanoUsd = 4_000_000_000n) =>
    world.context.database.$transaction(async (tx) => {
      const accounts = await lockOrganization(tx, world.owner.orgId);
      await drawPromotional(tx, accounts, accounts.promotional);
      await postTransfers(tx, [
        {
          ...{ debitAccount: accounts.availableId, creditAccount: platformAccounts.revenue },
          ...{ amountNanoUsd, reason: 'charge', description: 'Use' },
        },
      ]);
    });

  it('gives credit once, however often the plan is changed back and forth', async () => {
    await world.paid();
    const [small, large] = [await createPlan(), await createPlan({ includedCreditNanoUsd: dollars(4) })];
    await put(small.id);
    for (let turn = 0; turn < 3; turn += 1) {
      await put(large.id);
      expect(await promotional()).toBe(4_000_000_000n);
      await put(small.id);
      expect(await promotional()).toBe(0n);
    }
    await put(large.id);
    await spendCredit();
    expect(await world.available()).toBe(10_000_000_000n);
    await put(small.id);
    expect(await world.available()).toBe(6_000_000_000n);
    expect(await world.isConsistent()).toBe(true);
  });

  it('returns no fee for credit that is spent when it ends now', async () => {
    await world.paid();
    const plan = await createPlan({ includedCreditNanoUsd: dollars(4) });
    await put(plan.id);
    await spendCredit();
    await cancel('now');
    expect([await world.available(), await promotional()]).toEqual([16_000_000_000n, 0n]);
    await put(plan.id);
    await cancel('now');
    expect([await world.available(), await promotional()]).toEqual([16_000_000_000n, 0n]);
    expect(await world.isConsistent()).toBe(true);
  });

  it('gives no more credit than its fees pay, however often it is cancelled and bought again in a month', async () => {
    await world.paid();
    const plan = await createPlan({ feeNanoUsd: dollars(1), includedCreditNanoUsd: dollars(4) });
    await put(plan.id);
    await spendCredit();
    await cancel('now');
    for (let turn = 0; turn < 3; turn += 1) {
      await put(plan.id);
      expect(await promotional()).toBe(1_000_000_000n);
      await spendCredit(1_000_000_000n);
      await cancel('now');
    }
    expect(await world.available()).toBe(twenty - 4_000_000_000n);
    // A later period has all of its credit.
    world.clock.advance(32 * dayMs);
    await put(plan.id);
    expect(await promotional()).toBe(4_000_000_000n);
    expect(await world.isConsistent()).toBe(true);
  });

  it('has one trial for an organisation, with its credit and without its fee', async () => {
    const plan = await createPlan({ trialDays: 14, includedCreditNanoUsd: dollars(4) });
    expect((await put(plan.id)).body.subscription).toMatchObject({ state: 'trialing' });
    expect([await world.available(), await promotional()]).toEqual([0n, 4_000_000_000n]);
    await cancel('now');
    expect(await promotional()).toBe(0n);
    expect((await put(plan.id)).status).toBe(409);
    await world.paid();
    expect((await put(plan.id)).body.subscription).toMatchObject({ state: 'active' });
    expect(await world.available()).toBe(10_000_000_000n);
  });

  it('ends at the end of its period when it is cancelled, with a notice some days before; that can be withdrawn', async () => {
    await world.paid();
    const plan = await createPlan();
    await put(plan.id);
    expect((await cancel('period_end')).body.subscription).toMatchObject({ state: 'active', cancelsAtPeriodEnd: true });
    expect((await put(plan.id)).body.subscription).toMatchObject({ cancelsAtPeriodEnd: false });
    await cancel('period_end');
    const end = Date.parse((await read()).periodEnd);
    world.clock.now = new Date(end - 3 * dayMs);
    for (let turn = 0; turn < 3; turn += 1) await renew();
    expect(await types()).toEqual(['subscription.ending']);
    world.clock.now = new Date(end);
    await renew();
    expect(await read()).toMatchObject({ state: 'ended' });
    expect([await world.available(), await types()]).toEqual([
      10_000_000_000n,
      ['subscription.ending', 'subscription.ended'],
    ]);
  });

  it('has seven days of grace without the money, is suspended then, and starts a new period when it is paid', async () => {
    await world.paid();
    const plan = await createPlan({ feeNanoUsd: dollars(15) });
    await put(plan.id);
    const end = Date.parse((await read()).periodEnd);
    world.clock.now = new Date(end);
    await renew();
    expect(await read()).toMatchObject({ state: 'past_due', graceEndsAt: new Date(end + 7 * dayMs).toISOString() });
    for (let hour = 0; hour < 7 * 24; hour += 1) {
      world.clock.advance(hourMs);
      await renew();
    }
    expect(await read()).toMatchObject({ state: 'suspended' });
    expect(await world.available()).toBe(5_000_000_000n);
    await world.paid();
    world.clock.advance(hourMs);
    await renew();
    expect(await read()).toMatchObject({
      state: 'active',
      periodStart: world.clock.now.toISOString(),
      graceEndsAt: null,
    });
    expect(await world.available()).toBe(10_000_000_000n);
    const order = ['subscription.past_due', 'subscription.suspended', 'subscription.renewed'];
    expect((await types()).sort()).toEqual(order.sort());
  });

  it('charges the saved method for what is lacking, once a day, and continues where its period ended', async () => {
    await world.paid({ saveMethod: true });
    await put((await createPlan({ feeNanoUsd: dollars(15) })).id);
    const end = Date.parse((await read()).periodEnd);
    const charges = () => world.fake.calls.filter((call) => call === 'POST /v1/payment_intents').length;
    world.clock.now = new Date(end);
    world.fake.nextCharge = 'decline';
    for (let turn = 0; turn < 5; turn += 1) {
      await renew();
      world.clock.advance(hourMs);
    }
    expect(charges()).toBe(1);
    world.clock.now = new Date(end + dayMs);
    await renew();
    expect([charges(), await world.available()]).toEqual([2, 15_000_000_000n]);
    world.clock.advance(hourMs);
    await renew();
    expect(await read()).toMatchObject({ state: 'active', periodStart: new Date(end).toISOString() });
    expect(await world.available()).toBe(0n);
    expect(await world.isConsistent()).toBe(true);
  });

  it('of a deleted organisation ends, and its saved method is charged no more', async () => {
    await world.paid({ saveMethod: true });
    await put((await createPlan({ feeNanoUsd: dollars(15) })).id);
    const limits = { amountNanoUsd: dollars(20), dayMaxNanoUsd: dollars(20), monthMaxNanoUsd: dollars(20) };
    const settings = { ...limits, thresholdNanoUsd: dollars(6) };
    expect((await world.ask('PUT', '/v1/billing/automatic-top-up', world.owner, settings)).status).toBe(200);
    world.unknown.add(world.owner.orgId);
    world.clock.now = new Date(Date.parse((await read()).periodEnd));
    await renew();
    await runAutomaticTopUps(world.context);
    expect(await read()).toMatchObject({ state: 'ended' });
    expect(world.fake.calls).not.toContain('POST /v1/payment_intents');
    expect(await world.available()).toBe(5_000_000_000n);
  });

  it('is a line of the invoice, to the nano', async () => {
    await world.paid();
    await put((await createPlan({ name: 'Team' })).id);
    const seller = { name: 'S', address: [], taxId: null, numberPrefix: 'S-', taxName: 'VAT', taxPpm: 0 };
    await world.ask('PUT', '/v1/billing/legal-entity', world.operator, seller);
    world.clock.advance(62 * dayMs);
    await issueInvoices(world.context);
    const { body } = await world.context.database.invoice.findFirstOrThrow();
    expect(body).toMatchObject({
      lines: [{ description: 'Subscription Team', requests: 0, amountNanoUsd: '10000000000', amountCents: '1000' }],
    });
  });
});

describe('a plan', () => {
  it.each([
    [{ feeNanoUsd: '-10000000' }, 'invalid_amount'],
    [{ feeNanoUsd: '1' }, 'invalid_amount'],
    [{ feeNanoUsd: '1e3' }, 'invalid_value'],
    [{ feeNanoUsd: '1000000010000000000' }, 'invalid_amount'],
    [{ includedCreditNanoUsd: '-1' }, 'invalid_amount'],
    [{ trialDays: 91 }, 'invalid_value'],
  ])('is not created with %j', async (fields, code) => {
    expect((await createPlan(fields)).code).toBe(code);
  });

  it('that is retired has no new subscriptions; those that exist continue', async () => {
    await world.paid();
    const plan = await createPlan();
    await put(plan.id);
    expect((await world.ask('DELETE', `/v1/billing/plans/${plan.id}`, world.operator)).status).toBe(204);
    expect((await put(plan.id)).status).toBe(200);
    const stranger = { ...world.owner, orgId: randomUUID() };
    expect((await world.ask('PUT', '/v1/billing/subscription', stranger, { planId: plan.id })).status).toBe(409);
    expect((await world.ask('PUT', '/v1/billing/subscription', stranger, { planId: randomUUID() })).status).toBe(404);
    expect((await world.ask('GET', '/v1/billing/subscription', stranger)).body).toEqual({ subscription: null });
  });
});
