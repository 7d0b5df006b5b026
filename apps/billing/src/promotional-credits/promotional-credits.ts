import { AppError, type CreatePromotionalCreditRequest, type PromotionalCredit } from '@aggregator/contracts';
import { formatNanoUsd, parseNanoUsd } from '@aggregator/pricing';
import { createUuidV7 } from '@aggregator/service-kit';
import { type Actor, installation, writeAudit } from '../audit/write-audit.ts';
import { eachApart } from '../background/each-apart.ts';
import type { Transaction } from '../database/open-database.ts';
import type { PromotionalCredit as Row } from '../generated/prisma/client.ts';
import { lockOrganization, platformAccounts } from '../ledger/accounts.ts';
import { noOrganization, openAccount, openAccounts } from '../ledger/open-accounts.ts';
import { postTransfers } from '../ledger/post-transfers.ts';
import { writeStatement } from '../ledger/write-statement.ts';
import type { PaymentContext } from '../payments/payment-desk.ts';

/** A million dollars. */
const amountNanoUsdMax = 1_000_000_000_000_000n;
const lifeMaxMs = 5 * 366 * 86_400_000;
/** Credits of one organisation that have something left: a draw goes through them. */
const openMax = 100;

/**
 * Gives credit that ends: `promo → promotional`, once for each idempotency key.
 * @throws {AppError} `invalid_amount`; `invalid_value` for an end in the past or too far away; `not_found`; `conflict`
 */
export async function createPromotionalCredit(
  context: PaymentContext,
  request: CreatePromotionalCreditRequest,
  actor: Actor,
): Promise<{ credit: PromotionalCredit; isNew: boolean }> {
  const { database, clock, config, organizations } = context;
  const { organizationId: orgId, description, idempotencyKey } = request;
  const amount = parseNanoUsd(request.amountNanoUsd);
  const expiresAt = new Date(request.expiresAt);
  const now = clock();
  if (amount <= 0n || amount > amountNanoUsdMax) throw new AppError('invalid_amount', { param: 'amountNanoUsd' });
  const lifeMs = expiresAt.getTime() - now.getTime();
  if (lifeMs <= 0 || lifeMs > lifeMaxMs) throw new AppError('invalid_value', { param: 'expiresAt' });
  if (!(await organizations.confirm(orgId))) {
    throw new AppError('not_found', { param: 'organizationId', message: noOrganization });
  }
  await openAccounts(database, orgId, { signUpCreditNanoUsd: config.signUpCreditNanoUsd, organizations });
  return database.$transaction(async (tx) => {
    await openAccount(tx, orgId, 'promotional');
    await lockOrganization(tx, orgId, [platformAccounts.promo]);
    const before = await tx.promotionalCredit.findUnique({ where: { idempotencyKey } });
    if (before !== null) {
      const isSame = before.orgId === orgId && before.amount === amount && +before.expiresAt === +expiresAt;
      if (isSame) return { credit: toPromotionalCredit(before), isNew: false };
      throw new AppError('conflict', { message: 'This idempotencyKey was used for another credit.' });
    }
    if ((await tx.promotionalCredit.count({ where: { orgId, remaining: { gt: 0n } } })) >= openMax) {
      throw new AppError('conflict', { message: 'This organisation has too many credits that are not spent yet.' });
    }
    const fields = { orgId, amount, expiresAt, description, idempotencyKey, grantedBy: actor.userId };
    const made = await givePromotional(tx, now, fields);
    await writeAudit(tx, now, actor, {
      ...{
        organizationId: orgId,
        action: 'promotional_credit_given',
        subjectType: 'promotional_credit',
        subjectId: made.id,
      },
      details: { amountNanoUsd: amount.toString(), expiresAt: expiresAt.toISOString() },
    });
    return { credit: toPromotionalCredit(made), isNew: true };
  });
}

/** Posts credit that ends: `promo → promotional`, its statement line and its row. The account `promotional` must be open. */
export async function givePromotional(
  tx: Transaction,
  now: Date,
  credit: Pick<Row, 'orgId' | 'amount' | 'expiresAt' | 'description' | 'idempotencyKey' | 'grantedBy'>,
): Promise<Row> {
  const { orgId, amount, description } = credit;
  const { promotionalId } = await lockOrganization(tx, orgId, [platformAccounts.promo]);
  const id = createUuidV7(now.getTime());
  const sides = { debitAccount: platformAccounts.promo, creditAccount: promotionalId, amountNanoUsd: amount };
  await postTransfers(tx, [{ ...sides, reason: 'promotional_credit', description, reference: id }]);
  await writeStatement(tx, [{ id, orgId, type: 'promotional_credit', amountNanoUsd: amount, description }]);
  return tx.promotionalCredit.create({ data: { ...credit, id, remaining: amount, createdAt: now } });
}

const expiredPerStep = 100;

/** Has a row if promotional credit can expire. */
export const openPromotionalCredits = 'SELECT FROM promotional_credit WHERE remaining > 0';

/** Returns what is left of credits that have ended: `promotional → promo`. Returns how many. */
export async function expirePromotionalCredits({ database, clock, events }: PaymentContext): Promise<number> {
  const due = await database.$queryRaw<{ id: string; orgId: string }[]>`
    SELECT id, org_id AS "orgId" FROM promotional_credit
    WHERE expires_at <= ${clock()}::timestamptz AND remaining > 0 ORDER BY random() LIMIT ${expiredPerStep}`;
  return eachApart(
    due,
    ({ id, orgId }) => database.$transaction((tx) => expire(tx, id, orgId, clock())),
    ({ orgId }, error) => events.taskFailed('promotional_credits', error, { orgId }),
  );
}

/** Takes back what is left of a credit, or at most `upTo` of it. Returns what was taken, in nano-USD. */
export async function expire(
  tx: Transaction,
  id: string,
  orgId: string,
  now: Date,
  upTo: bigint | null = null,
): Promise<bigint> {
  const { promotionalId } = await lockOrganization(tx, orgId, [platformAccounts.promo]);
  const { remaining } = await tx.promotionalCredit.findUniqueOrThrow({ where: { id } });
  const amountNanoUsd = upTo !== null && upTo < remaining ? upTo : remaining;
  if (amountNanoUsd <= 0n) return 0n;
  const description = 'Promotional credit that has ended';
  const lineId = createUuidV7();
  const sides = { debitAccount: promotionalId, creditAccount: platformAccounts.promo, amountNanoUsd };
  await postTransfers(tx, [{ ...sides, reason: 'promotional_expired', description, reference: lineId }]);
  await writeStatement(tx, [
    { id: lineId, orgId, type: 'promotional_expired', amountNanoUsd: -amountNanoUsd, description },
  ]);
  await tx.promotionalCredit.update({ where: { id }, data: { remaining: remaining - amountNanoUsd } });
  await writeAudit(tx, now, installation, {
    ...{
      organizationId: orgId,
      action: 'promotional_credit_expired',
      subjectType: 'promotional_credit',
      subjectId: id,
    },
    details: { amountNanoUsd: amountNanoUsd.toString() },
  });
  return amountNanoUsd;
}

export function toPromotionalCredit(row: Row): PromotionalCredit {
  return {
    ...{ id: row.id, time: row.createdAt.toISOString(), organizationId: row.orgId, description: row.description },
    ...{ amountNanoUsd: formatNanoUsd(row.amount), remainingNanoUsd: formatNanoUsd(row.remaining) },
    expiresAt: row.expiresAt.toISOString(),
  };
}
