import { AppError, type Subscription } from '@aggregator/contracts';
import { requireMatch } from '@aggregator/service-kit';
import { type Actor, writeAudit } from '../audit/write-audit.ts';
import type { Transaction } from '../database/open-database.ts';
import { writeNotice } from '../notices/write-notice.ts';
import type { PaymentContext } from '../payments/payment-desk.ts';
import { includedIn, moveFee } from './move-fee.ts';
import { prorate } from './periods.ts';
import { lockSubscription, readSubscription, type SubscriptionRow, toSubscription } from './subscription-rows.ts';
import { takeCreditBack } from './take-credit-back.ts';

/** Before the end of the last period a notice is sent. */
export const endingNoticeMs = 3 * 86_400_000;

/**
 * Cancels a subscription at the end of its period, or now. Now takes the rest of the included credit back, and returns the unused
 * part of the fee to the balance, less the credit of that part that is spent. One that is not paid ends now in any case.
 * @throws {AppError} `not_found` without a subscription; `precondition_failed`
 */
export async function cancelSubscription(
  { database, clock }: PaymentContext,
  orgId: string,
  when: 'period_end' | 'now',
  actor: Actor,
  ifMatch: string | undefined,
): Promise<Subscription> {
  const now = clock();
  return database.$transaction(async (tx) => {
    const present = await lockSubscription(tx, orgId);
    if (present === null) throw new AppError('not_found');
    await requireMatch(ifMatch, () => readSubscription(tx, orgId));
    const isOpen = present.state === 'active' || present.state === 'trialing';
    const isNow = when === 'now' || !isOpen;
    const nextAt = new Date(Math.max(now.getTime(), present.periodEnd.getTime() - endingNoticeMs));
    const takenBack = isNow ? await takeCreditBack(tx, now, present) : 0n;
    const creditAhead = isNow && present.state === 'active' ? await returnUnused(tx, now, present, takenBack) : 0n;
    const saved = isNow
      ? await end(tx, now, present, creditAhead)
      : await tx.subscription.update({
          where: { id: present.id },
          data: { cancelsAtEnd: true, nextAt },
          include: { plan: true },
        });
    await writeAudit(tx, now, actor, {
      ...{ organizationId: orgId, action: 'subscription_cancelled', subjectType: 'subscription' },
      ...{ subjectId: present.id, details: { when: isNow ? 'now' : 'period_end' } },
    });
    return toSubscription(saved);
  });
}

/** Ends a locked subscription, with its notice. @param creditAhead credit of its period that was spent and that no fee paid. */
export async function end(
  tx: Transaction,
  now: Date,
  { id, orgId, plan }: SubscriptionRow,
  creditAhead = 0n,
): Promise<SubscriptionRow> {
  await writeNotice(tx, now, { orgId, type: 'subscription.ended', data: { subscriptionId: id, plan: plan.name } });
  return tx.subscription.update({
    where: { id },
    data: { state: 'ended', endedAt: now, creditAhead },
    include: { plan: true },
  });
}

/** Returns how much credit was spent beyond what the unused part of the fee pays for. */
async function returnUnused(tx: Transaction, now: Date, present: SubscriptionRow, takenBack: bigint): Promise<bigint> {
  const { id, orgId, plan, periodStart: from, periodEnd: to } = present;
  const fee = prorate(plan.fee, { from, to }, now);
  const credit = prorate(includedIn(present, plan), { from, to }, now);
  const spentAhead = credit > takenBack ? credit - takenBack : 0n;
  const returned = fee > spentAhead ? fee - spentAhead : 0n;
  const description = `Unused part of the subscription ${plan.name}`;
  const key = `unused:${from.toISOString()}`;
  await moveFee(tx, now, { subscriptionId: id, orgId, key, amountNanoUsd: -returned, description });
  return spentAhead > fee ? spentAhead - fee : 0n;
}
