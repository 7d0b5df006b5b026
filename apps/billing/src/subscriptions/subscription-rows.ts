import { type Subscription, subscription } from '@aggregator/contracts';
import type { Transaction } from '../database/open-database.ts';
import type { Subscription as Row, SubscriptionPlan } from '../generated/prisma/client.ts';
import { toPlan } from './plans.ts';

export type SubscriptionRow = Row & { plan: SubscriptionPlan };

/** The subscription of an organisation that has not ended, locked; null if there is none. */
export async function lockSubscription(tx: Transaction, orgId: string): Promise<SubscriptionRow | null> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM subscription WHERE org_id = ${orgId}::uuid AND state <> 'ended' FOR UPDATE`;
  const id = rows[0]?.id;
  return id === undefined ? null : tx.subscription.findUnique({ where: { id }, include: { plan: true } });
}

/** Returns the answer of `GET /v1/billing/subscription`: the newest one, also if it has ended; null if there was none. */
export async function readSubscription(db: Transaction, orgId: string): Promise<{ subscription: Subscription } | null> {
  const row = await db.subscription.findFirst({ where: { orgId }, orderBy: { id: 'desc' }, include: { plan: true } });
  return row && { subscription: toSubscription(row) };
}

export function toSubscription(row: SubscriptionRow): Subscription {
  return {
    ...{ id: row.id, plan: toPlan(row.plan), state: subscription.shape.state.parse(row.state) },
    ...{ periodStart: row.periodStart.toISOString(), periodEnd: row.periodEnd.toISOString() },
    ...{ cancelsAtPeriodEnd: row.cancelsAtEnd, graceEndsAt: row.graceEndsAt?.toISOString() ?? null },
  };
}
