import { AppError, type AutomaticTopUp, automaticTopUp, type PutAutomaticTopUpRequest } from '@aggregator/contracts';
import { formatNanoUsd, parseNanoUsd } from '@aggregator/pricing';
import { requireMatch } from '@aggregator/service-kit';
import { type Actor, writeAudit } from '../audit/write-audit.ts';
import type { Database, Transaction } from '../database/open-database.ts';
import { nanoUsdPerCent } from '../exchange-rates/exchange-rates.ts';
import type { AutomaticTopUp as Row } from '../generated/prisma/client.ts';
import type { PaymentContext } from '../payments/payment-desk.ts';

/** A hundred million dollars: far above every bound, below what the database holds. */
const nanoUsdMax = 100_000_000_000_000_000n;

/**
 * Saves when and how far the saved method is charged; this resumes a suspended automatic top-up.
 * @throws {AppError} `conflict` without a saved method; `invalid_amount`; `precondition_failed`
 */
export async function putAutomaticTopUp(
  { database, clock, config }: PaymentContext,
  orgId: string,
  request: PutAutomaticTopUpRequest,
  actor: Actor,
  ifMatch: string | undefined,
): Promise<AutomaticTopUp> {
  const threshold = parseNanoUsd(request.thresholdNanoUsd);
  const amount = parseNanoUsd(request.amountNanoUsd);
  const [dayMax, monthMax] = [parseNanoUsd(request.dayMaxNanoUsd), parseNanoUsd(request.monthMaxNanoUsd)];
  const refuse = (param: string) => new AppError('invalid_amount', { param });
  const { topUpMinNanoUsd: min, topUpMaxNanoUsd: max } = config;
  if (amount < min || amount > max || amount % nanoUsdPerCent !== 0n) throw refuse('amountNanoUsd');
  if (threshold <= 0n || threshold > nanoUsdMax) throw refuse('thresholdNanoUsd');
  if (dayMax < amount || dayMax > nanoUsdMax) throw refuse('dayMaxNanoUsd');
  if (monthMax < dayMax || monthMax > nanoUsdMax) throw refuse('monthMaxNanoUsd');
  const now = clock();
  const row = await database.$transaction(async (tx) => {
    await requireSame(tx, orgId, ifMatch);
    const method = await tx.paymentCustomer.findFirst({ where: { orgId, methodReference: { not: null } } });
    if (method === null) {
      throw new AppError('conflict', { message: 'There is no saved method. Top up with saveMethod first.' });
    }
    const values = { threshold, amount, dayMax, monthMax, state: 'active', failures: 0, nextAttemptAt: now };
    const saved = await tx.automaticTopUp.upsert({ where: { orgId }, create: { orgId, ...values }, update: values });
    await writeAudit(tx, now, actor, {
      ...{ organizationId: orgId, action: 'automatic_top_up_saved', subjectType: 'organization', subjectId: orgId },
      details: { ...request },
    });
    return saved;
  });
  return toAutomaticTopUp(row);
}

/** Ends the automatic top-up; a charge that is under way is not taken back. Throws `precondition_failed`. */
export async function deleteAutomaticTopUp(
  { database, clock }: PaymentContext,
  orgId: string,
  actor: Actor,
  ifMatch: string | undefined,
): Promise<void> {
  await database.$transaction(async (tx) => {
    await requireSame(tx, orgId, ifMatch);
    const { count } = await tx.automaticTopUp.deleteMany({ where: { orgId } });
    if (count === 0) return;
    await writeAudit(tx, clock(), actor, {
      ...{ organizationId: orgId, action: 'automatic_top_up_ended', subjectType: 'organization', subjectId: orgId },
      details: {},
    });
  });
}

/** Returns the answer of `GET /v1/billing/automatic-top-up`; null if there are no settings. */
export async function readAutomaticTopUp(
  database: Database | Transaction,
  orgId: string,
): Promise<{ automaticTopUp: AutomaticTopUp } | null> {
  const row = await database.automaticTopUp.findUnique({ where: { orgId } });
  return row && { automaticTopUp: toAutomaticTopUp(row) };
}

/** Compares the settings and their state with what the caller has read, under their lock. */
async function requireSame(tx: Transaction, orgId: string, ifMatch: string | undefined): Promise<void> {
  await tx.$queryRaw`SELECT org_id FROM automatic_top_up WHERE org_id = ${orgId}::uuid FOR UPDATE`;
  await requireMatch(ifMatch, () => readAutomaticTopUp(tx, orgId));
}

function toAutomaticTopUp(row: Row): AutomaticTopUp {
  return {
    ...{ thresholdNanoUsd: formatNanoUsd(row.threshold), amountNanoUsd: formatNanoUsd(row.amount) },
    ...{ dayMaxNanoUsd: formatNanoUsd(row.dayMax), monthMaxNanoUsd: formatNanoUsd(row.monthMax) },
    ...{ failures: row.failures, nextAttemptAt: row.nextAttemptAt.toISOString() },
    state: automaticTopUp.shape.state.parse(row.state),
  };
}
