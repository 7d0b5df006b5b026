import { AppError, type CreatePlanRequest, type Plan } from '@aggregator/contracts';
import { formatNanoUsd, parseNanoUsd } from '@aggregator/pricing';
import { createUuidV7 } from '@aggregator/service-kit';
import { type Actor, writeAudit } from '../audit/write-audit.ts';
import type { Database } from '../database/open-database.ts';
import { nanoUsdPerCent } from '../exchange-rates/exchange-rates.ts';
import type { SubscriptionPlan } from '../generated/prisma/client.ts';
import type { PaymentContext } from '../payments/payment-desk.ts';

const plansMax = 100;
/** A million dollars. */
const amountMax = 1_000_000_000_000_000n;

/** @throws {AppError} `invalid_amount`; `conflict` for a name that exists, or with too many plans */
export async function createPlan(
  { database, clock }: PaymentContext,
  { name, trialDays, ...amounts }: CreatePlanRequest,
  actor: Actor,
): Promise<Plan> {
  const fee = parseNanoUsd(amounts.feeNanoUsd);
  const includedCredit = parseNanoUsd(amounts.includedCreditNanoUsd);
  const refuse = (param: string) => new AppError('invalid_amount', { param });
  if (fee < 0n || fee > amountMax || fee % nanoUsdPerCent !== 0n) throw refuse('feeNanoUsd');
  if (includedCredit < 0n || includedCredit > amountMax) throw refuse('includedCreditNanoUsd');
  const now = clock();
  return database.$transaction(async (tx) => {
    await tx.$executeRaw`LOCK TABLE subscription_plan IN SHARE ROW EXCLUSIVE MODE`;
    if ((await tx.subscriptionPlan.count()) >= plansMax) {
      throw new AppError('conflict', { message: `There are ${plansMax} plans, and there cannot be more.` });
    }
    if ((await tx.subscriptionPlan.findUnique({ where: { name } })) !== null) {
      throw new AppError('conflict', { param: 'name', message: 'A plan of this name exists.' });
    }
    const row = { id: createUuidV7(now.getTime()), name, fee, includedCredit, trialDays, createdAt: now };
    const made = await tx.subscriptionPlan.create({ data: row });
    await writeAudit(tx, now, actor, {
      ...{ organizationId: null, action: 'plan_created', subjectType: 'plan', subjectId: row.id },
      details: { name, trialDays, ...amounts },
    });
    return toPlan(made);
  });
}

/** Ends new subscriptions of a plan; those that exist continue. @throws {AppError} `not_found` */
export async function retirePlan({ database, clock }: PaymentContext, id: string, actor: Actor): Promise<void> {
  const now = clock();
  await database.$transaction(async (tx) => {
    if ((await tx.subscriptionPlan.findUnique({ where: { id } })) === null) throw new AppError('not_found');
    const { count } = await tx.subscriptionPlan.updateMany({
      where: { id, retiredAt: null },
      data: { retiredAt: now },
    });
    if (count === 0) return;
    const subject = { subjectType: 'plan', subjectId: id };
    await writeAudit(tx, now, actor, { organizationId: null, action: 'plan_retired', ...subject, details: {} });
  });
}

export async function listPlans(database: Database): Promise<Plan[]> {
  return (await database.subscriptionPlan.findMany({ orderBy: { id: 'asc' }, take: plansMax })).map(toPlan);
}

export function toPlan(row: SubscriptionPlan): Plan {
  return {
    ...{ id: row.id, name: row.name, trialDays: row.trialDays, isRetired: row.retiredAt !== null },
    ...{ feeNanoUsd: formatNanoUsd(row.fee), includedCreditNanoUsd: formatNanoUsd(row.includedCredit) },
  };
}
