import { AppError, type Subscription } from '@aggregator/contracts';
import { createUuidV7, requireMatch } from '@aggregator/service-kit';
import { type Actor, writeAudit } from '../audit/write-audit.ts';
import type { Transaction } from '../database/open-database.ts';
import type { SubscriptionPlan } from '../generated/prisma/client.ts';
import { lockOrganization, payerOf } from '../ledger/accounts.ts';
import { openAccount, openAccounts } from '../ledger/open-accounts.ts';
import { confirmedBefore } from '../organizations/directory.ts';
import type { PaymentContext } from '../payments/payment-desk.ts';
import { beginPeriod, giveIncluded, includedIn, lessAhead, moveFee } from './move-fee.ts';
import { periodAt, prorate } from './periods.ts';
import { lockSubscription, readSubscription, type SubscriptionRow, toSubscription } from './subscription-rows.ts';
import { takeCreditBack } from './take-credit-back.ts';

const dayMs = 86_400_000;
const uncovered = 'The balance does not cover the fee. Top up first.';

/**
 * Subscribes an organisation to a plan, changes its plan, or withdraws a cancellation. A new plan is paid for what is left of
 * the period, less the same part of the old fee; a difference below zero returns to the balance. So is its included credit.
 * @throws {AppError} `not_found`; `precondition_failed`; `conflict` for a plan that is retired, or a balance that does not cover the fee
 */
export async function putSubscription(
  { database, clock, config: { signUpCreditNanoUsd } }: PaymentContext,
  orgId: string,
  planId: string,
  actor: Actor,
  ifMatch: string | undefined,
): Promise<Subscription> {
  await openAccounts(database, orgId, { signUpCreditNanoUsd, organizations: confirmedBefore });
  const now = clock();
  return database.$transaction(async (tx) => {
    const plan = await tx.subscriptionPlan.findUnique({ where: { id: planId } });
    if (plan === null) throw new AppError('not_found', { param: 'planId' });
    if (plan.includedCredit > 0n) await openAccount(tx, orgId, 'promotional');
    const present = await lockSubscription(tx, orgId);
    await requireMatch(ifMatch, () => readSubscription(tx, orgId));
    if (present?.planId !== planId && plan.retiredAt !== null) {
      throw new AppError('conflict', { param: 'planId', message: 'This plan is retired.' });
    }
    const saved = present === null ? await subscribe(tx, now, orgId, plan) : await change(tx, now, present, plan);
    await writeAudit(tx, now, actor, {
      ...{ organizationId: orgId, action: present === null ? 'subscription_created' : 'subscription_changed' },
      ...{ subjectType: 'subscription', subjectId: saved.id, details: { planId, planBefore: present?.planId ?? null } },
    });
    return toSubscription(saved);
  });
}

async function subscribe(tx: Transaction, now: Date, orgId: string, plan: SubscriptionPlan): Promise<SubscriptionRow> {
  // Twins wait for one another here; the second then breaks the index of open subscriptions.
  const accounts = await lockOrganization(tx, orgId);
  if (payerOf(accounts) !== null) {
    throw new AppError('conflict', { message: 'Another organization pays. It can subscribe.' });
  }
  if ((await tx.subscription.count({ where: { orgId, state: { not: 'ended' } } })) > 0) {
    throw new AppError('conflict', { message: 'A subscription was made at the same time. Read it first.' });
  }
  const id = createUuidV7(now.getTime());
  const isTrial = plan.trialDays > 0 && (await tx.subscription.count({ where: { orgId, hadTrial: true } })) === 0;
  const trialEnd = new Date(now.getTime() + plan.trialDays * dayMs);
  const period = isTrial ? { from: now, to: trialEnd } : periodAt(now, 0);
  const creditAhead = await readAhead(tx, now, orgId);
  const row = {
    ...{
      creditAhead,
      id,
      orgId,
      planId: plan.id,
      state: isTrial ? 'trialing' : 'active',
      hadTrial: isTrial,
      createdAt: now,
    },
    ...{ anchor: isTrial ? trialEnd : now, periodIndex: isTrial ? -1 : 0 },
    ...{ periodStart: period.from, periodEnd: period.to, nextAt: period.to },
  };
  const made = await tx.subscription.create({ data: row, include: { plan: true } });
  const credit = { plan: plan.name, amount: lessAhead(plan.includedCredit, creditAhead), key: 'trial', to: period.to };
  if (isTrial) await giveIncluded(tx, now, row, credit);
  else if (!(await beginPeriod(tx, now, row, plan, period, creditAhead)))
    throw new AppError('conflict', { message: uncovered });
  return made;
}

/** What ended subscriptions, in periods that are not over, gave as credit that was spent and that no fee paid. */
async function readAhead(tx: Transaction, now: Date, orgId: string): Promise<bigint> {
  const { _sum } = await tx.subscription.aggregate({
    where: { orgId, state: 'ended', periodEnd: { gt: now } },
    _sum: { creditAhead: true },
  });
  return _sum.creditAhead ?? 0n;
}

async function change(
  tx: Transaction,
  now: Date,
  present: SubscriptionRow,
  plan: SubscriptionPlan,
): Promise<SubscriptionRow> {
  const { id, orgId, periodStart: from, periodEnd: to } = present;
  const period = { from, to };
  if (present.state === 'active' && plan.id !== present.planId) {
    const further = prorate(includedIn(present, plan) - includedIn(present, present.plan), period, now);
    // Credit is taken back as far as it is not spent; what is spent is paid, or it could be had again by changing back and forth.
    const lacking = further < 0n ? -further - (await takeCreditBack(tx, now, present, -further)) : 0n;
    const amountNanoUsd = prorate(plan.fee - present.plan.fee, period, now) + lacking;
    const description = `Change from ${present.plan.name} to ${plan.name}`;
    const fee = { subscriptionId: id, orgId, key: `change:${createUuidV7(now.getTime())}`, amountNanoUsd, description };
    if (!(await moveFee(tx, now, fee))) throw new AppError('conflict', { message: uncovered });
    await giveIncluded(tx, now, present, { plan: plan.name, amount: further, key: fee.key, to });
  }
  const isOpen = present.state === 'active' || present.state === 'trialing';
  return tx.subscription.update({
    where: { id },
    data: { planId: plan.id, cancelsAtEnd: false, nextAt: isOpen ? to : now },
    include: { plan: true },
  });
}
