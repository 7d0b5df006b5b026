import { chargeSavedMethod } from '../automatic-top-ups/charge-saved-method.ts';
import { eachApart } from '../background/each-apart.ts';
import type { Transaction } from '../database/open-database.ts';
import { openAccount } from '../ledger/open-accounts.ts';
import { raise, writeNotice } from '../notices/write-notice.ts';
import type { PaymentContext } from '../payments/payment-desk.ts';
import { end, endingNoticeMs } from './cancel-subscription.ts';
import { beginPeriod } from './move-fee.ts';
import { periodAt } from './periods.ts';
import { lockSubscription, type SubscriptionRow } from './subscription-rows.ts';

const perStep = 200;
const dayMs = 86_400_000;
const graceMs = 7 * dayMs;
/** How often an unpaid fee is tried again from the balance, and from the saved method. */
const retryMs = 10 * 60_000;
const cardPauseMs = dayMs;
/** A suspended subscription ends then. */
const suspendedMaxMs = 90 * dayMs;

/** An unpaid fee, to be charged to the saved method. */
interface Unpaid {
  orgId: string;
  feeNanoUsd: bigint;
  key: string;
}

/** Has a row if a subscription can be due. */
export const openSubscriptions = `SELECT FROM subscription WHERE state <> 'ended'`;

/**
 * Does what the clock asks of subscriptions: takes the fee of the next period, ends what was cancelled, and suspends what was
 * not paid within seven days. Each is one transaction. A fee that the balance does not cover is charged to the saved method,
 * once a day during these days. Missed periods follow one after the other. The subscription of a deleted organisation ends.
 */
export async function renewSubscriptions(context: PaymentContext): Promise<void> {
  const { database, clock, events, organizations } = context;
  const due = await database.$queryRaw<{ orgId: string }[]>`
    SELECT org_id AS "orgId" FROM subscription WHERE state <> 'ended' AND next_at <= ${clock()}::timestamptz
    ORDER BY random() LIMIT ${perStep}`;
  await eachApart(
    due,
    async ({ orgId }) => {
      if (!(await organizations.confirm(orgId))) return endDeleted(context, orgId);
      const unpaid = await database.$transaction((tx) => renew(tx, clock(), orgId));
      if (unpaid !== null) await chargeSavedMethod(context, unpaid.orgId, unpaid.feeNanoUsd, unpaid.key);
    },
    ({ orgId }, error) => events.taskFailed('subscriptions', error, { orgId }),
  );
}

/** A deleted organisation has no person who could cancel, and its saved method must not be charged. */
async function endDeleted({ database, clock }: PaymentContext, orgId: string): Promise<void> {
  await database.$transaction(async (tx) => {
    const present = await lockSubscription(tx, orgId);
    if (present !== null) await end(tx, clock(), present);
  });
}

async function renew(tx: Transaction, now: Date, orgId: string): Promise<Unpaid | null> {
  await openAccount(tx, orgId, 'promotional');
  const present = await lockSubscription(tx, orgId);
  if (present === null || present.nextAt > now) return null;
  if (present.cancelsAtEnd) {
    await endOrAnnounce(tx, now, present);
    return null;
  }
  // A suspended one starts a new period when it is paid; another one continues where its period ended.
  const isAnew = present.state === 'suspended';
  const anchor = isAnew ? now : present.anchor;
  const periodIndex = isAnew ? 0 : present.periodIndex + 1;
  const period = periodAt(anchor, periodIndex);
  if (await beginPeriod(tx, now, present, present.plan, period)) {
    await tx.subscription.update({
      where: { id: present.id },
      data: {
        ...{ state: 'active', anchor, periodIndex, periodStart: period.from, periodEnd: period.to, nextAt: period.to },
        ...{ graceEndsAt: null, cardAskedAt: null, creditAhead: 0n },
      },
    });
    await writeNotice(tx, now, { orgId, type: 'subscription.renewed', data: factsOf(present, period.to) });
    return null;
  }
  return leaveUnpaid(tx, now, present, period.from);
}

/** Ends what was cancelled; some days before, only the notice is sent. */
async function endOrAnnounce(tx: Transaction, now: Date, present: SubscriptionRow): Promise<void> {
  const { id, orgId, periodEnd } = present;
  if (periodEnd <= now) {
    await end(tx, now, present);
    return;
  }
  if (periodEnd.getTime() - endingNoticeMs <= now.getTime()) {
    const data = factsOf(present, periodEnd);
    await raise(tx, now, { orgId, type: 'subscription.ending', data }, `${id} ${periodEnd.toISOString()}`);
  }
  await tx.subscription.update({ where: { id }, data: { nextAt: periodEnd } });
}

async function leaveUnpaid(tx: Transaction, now: Date, present: SubscriptionRow, from: Date): Promise<Unpaid | null> {
  const { id, orgId, plan, cardAskedAt } = present;
  const graceEndsAt = present.graceEndsAt ?? new Date(now.getTime() + graceMs);
  if (present.state === 'suspended' && graceEndsAt.getTime() + suspendedMaxMs <= now.getTime()) {
    await end(tx, now, present);
    return null;
  }
  const state = graceEndsAt <= now ? 'suspended' : 'past_due';
  const asksCard =
    state === 'past_due' && (cardAskedAt === null || now.getTime() - cardAskedAt.getTime() >= cardPauseMs);
  const retryAt = new Date(now.getTime() + retryMs);
  const nextAt = state === 'past_due' && graceEndsAt < retryAt ? graceEndsAt : retryAt;
  await tx.subscription.update({
    where: { id },
    data: { state, graceEndsAt, nextAt, ...(asksCard && { cardAskedAt: now }) },
  });
  if (state !== present.state) {
    const type = state === 'past_due' ? 'subscription.past_due' : 'subscription.suspended';
    await writeNotice(tx, now, {
      orgId,
      type,
      data: { ...factsOf(present, present.periodEnd), graceEnd: toMinute(graceEndsAt) },
    });
  }
  const day = now.toISOString().slice(0, 10);
  return asksCard ? { orgId, feeNanoUsd: plan.fee, key: `subscription:${id}:${from.toISOString()}:${day}` } : null;
}

const factsOf = ({ id, plan }: SubscriptionRow, periodEnd: Date) => ({
  ...{ subscriptionId: id, plan: plan.name, feeNanoUsd: plan.fee.toString(), periodEnd: toMinute(periodEnd) },
});

const toMinute = (instant: Date) => instant.toISOString().slice(0, 16).replace('T', ' ');
