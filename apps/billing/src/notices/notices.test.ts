import type { BillingNotice } from '@aggregator/contracts';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runAutomaticTopUps } from '../automatic-top-ups/run-automatic-top-ups.ts';
import { handleUsageRecorded } from '../consumers/usage-recorded.ts';
import { type PaymentWorld, startPayments, twenty } from '../testing/start-payments.ts';
import { toRecord, usageEvent } from '../testing/usage-event.ts';
import { relayNotices } from './relay-notices.ts';
import { watchBalances } from './watch-balances.ts';
import { watchCards } from './watch-cards.ts';
import { watchSpending } from './watch-spending.ts';

const dayMs = 86_400_000;
let world: PaymentWorld;
let sent: BillingNotice[];
let isAway: boolean;
beforeEach(async () => {
  sent = [];
  isAway = false;
  const noticeDesk = {
    async send(notice: BillingNotice) {
      if (isAway) throw new Error('auth is away');
      // As auth does: the background relays too.
      if (!sent.some(({ id }) => id === notice.id)) sent.push(notice);
    },
  };
  world = await startPayments({ LOW_BALANCE_NANO_USD: '1000000000' }, { noticeDesk });
});
afterEach(() => world.stop());

const charge = (costNanoUsd: number) =>
  handleUsageRecorded(world.context, [toRecord(usageEvent({ orgId: world.owner.orgId, costNanoUsd }))]);
const relay = () => relayNotices(world.context);
const types = async () => {
  await relay();
  return sent.map(({ type }) => type);
};
const warnings = () => sent.filter(({ type }) => type === 'balance.low');

describe('the warning of a low balance', () => {
  it('is sent once when a charge takes the balance below the line, and again after it has recovered', async () => {
    await world.paid();
    await charge(19_000_000_000);
    await watchBalances(world.context);
    await relay();
    expect(warnings()).toEqual([]);

    await charge(1);
    for (let turn = 0; turn < 3; turn += 1) await watchBalances(world.context);
    await charge(1);
    await watchBalances(world.context);
    await relay();
    const data = { balanceNanoUsd: '999999999', thresholdNanoUsd: '1000000000' };
    expect(warnings()).toMatchObject([{ organizationId: world.owner.orgId, data, language: 'en' }]);

    await world.paid();
    await watchBalances(world.context);
    await charge(20_000_000_000);
    await watchBalances(world.context);
    await relay();
    expect(warnings()).toHaveLength(2);
  });

  it('is sent once by several instances at the same time, and not to one that never spent anything', async () => {
    await world.topUp();
    await watchBalances(world.context);
    await relay();
    expect(warnings()).toEqual([]);
    await world.paid();
    await charge(19_500_000_000);
    await Promise.all([1, 2, 3, 4].map(() => watchBalances(world.context)));
    await relay();
    expect(warnings()).toHaveLength(1);
  });
});

describe('a notice of a payment', () => {
  it('is written with the credit, once however often the event arrives', async () => {
    const { id } = await world.paid({ saveMethod: true });
    expect(await types()).toEqual(['payment.succeeded']);
    expect(sent[0]?.data).toEqual({ topUpId: id, kind: 'checkout', amountNanoUsd: twenty.toString() });
    const { sessionId } = await world.topUp();
    const events = world.fake.pay(sessionId);
    await world.deliver(...events, ...events);
    expect(await types()).toEqual(['payment.succeeded', 'payment.succeeded']);
  });

  it('says why an automatic charge was declined', async () => {
    await world.paid({ saveMethod: true });
    await world.ask('PUT', '/v1/billing/automatic-top-up', world.owner, {
      ...{ thresholdNanoUsd: '25000000000', amountNanoUsd: '10000000000' },
      ...{ dayMaxNanoUsd: '20000000000', monthMaxNanoUsd: '30000000000' },
    });
    world.fake.nextCharge = 'decline';
    await runAutomaticTopUps(world.context);
    await relay();
    const failed = sent.find(({ type }) => type === 'payment.failed');
    expect(failed?.data).toMatchObject({ kind: 'automatic', failureCode: 'insufficient_funds' });
  });
});

describe('the warning of a card', () => {
  it('is sent once, 30 days before the end of its last month', async () => {
    await world.paid({ saveMethod: true });
    const { expiryMonth, expiryYear } = (await world.ask('GET', '/v1/billing/payment-method', world.owner)).body.method;
    const end = Date.UTC(expiryYear, expiryMonth, 1);
    world.clock.now = new Date(end - 30 * dayMs - 1);
    await watchCards(world.context);
    expect(await types()).toEqual(['payment.succeeded']);
    world.clock.advance(1);
    await Promise.all([watchCards(world.context), watchCards(world.context)]);
    await watchCards(world.context);
    expect(await types()).toEqual(['payment.succeeded', 'card.expiring']);
    expect(sent.at(-1)?.data).toEqual({ brand: 'visa', lastDigits: '4242', expires: '2031-12' });
  });
});

describe('the warning of unusual spending', () => {
  const spend = async (daysAgo: number, dollars: number) => {
    const day = new Date(world.clock.now.getTime() - daysAgo * dayMs);
    const { orgId } = world.owner;
    await world.context.database.spendingDay.create({ data: { orgId, day, spent: BigInt(dollars) * 1_000_000_000n } });
  };

  it('is sent once for a day above three times the mean of the seven days before', async () => {
    for (const daysAgo of [1, 2, 3, 4, 5, 6, 7]) await spend(daysAgo, 7);
    await spend(0, 21);
    await watchSpending(world.context);
    expect(await types()).toEqual([]);
    await world.context.database.spendingDay.updateMany({
      where: { spent: 21_000_000_000n },
      data: { spent: 21_000_000_001n },
    });
    for (let turn = 0; turn < 2; turn += 1) await watchSpending(world.context);
    expect(await types()).toEqual(['spending.unusual']);
    expect(sent[0]?.data).toMatchObject({ spentNanoUsd: '21000000001', usualNanoUsd: '7000000000' });
  });

  it('is not sent for a small sum, nor to one that has hardly spent before', async () => {
    await spend(1, 1);
    await spend(2, 1);
    await spend(0, 5000);
    await watchSpending(world.context);
    expect(await types()).toEqual([]);
  });
});

describe('notices on their way', () => {
  it('wait while auth is away, longer each time, and are sent once it is back', async () => {
    await world.paid();
    isAway = true;
    for (let minute = 0; minute < 60; minute += 1) {
      await relay();
      world.clock.advance(60_000);
    }
    const [row] = await world.context.database.notice.findMany();
    expect(row?.attempts).toBeGreaterThan(5);
    expect(row?.attempts).toBeLessThan(12);
    isAway = false;
    world.clock.advance(3_600_000);
    expect(await types()).toEqual(['payment.succeeded']);
    expect(await world.context.database.notice.count()).toBe(0);
  });

  it('are in the language that the organisation has chosen', async () => {
    await world.paid();
    const profile = { name: 'ООО', address: [], taxId: null, timeZone: 'UTC', language: 'ru' };
    expect((await world.ask('PUT', '/v1/billing/profile', world.owner, profile)).status).toBe(200);
    await relay();
    expect(sent[0]).toMatchObject({ language: 'ru' });
  });
});
