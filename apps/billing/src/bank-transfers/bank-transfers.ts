import { AppError, type BankTransfer, bankTransfer, type ProposeBankTransferRequest } from '@aggregator/contracts';
import { formatNanoUsd, parseNanoUsd } from '@aggregator/pricing';
import { createUuidV7 } from '@aggregator/service-kit';
import { type Actor, writeAudit } from '../audit/write-audit.ts';
import type { BankTransfer as Row } from '../generated/prisma/client.ts';
import { platformAccounts } from '../ledger/accounts.ts';
import { noOrganization, openAccounts } from '../ledger/open-accounts.ts';
import type { PaymentContext } from '../payments/payment-desk.ts';
import { postCredit } from '../payments/post-credit.ts';

/** Ten million dollars. */
const amountNanoUsdMax = 10_000_000_000_000_000n;

/**
 * Writes down money that a bank has booked; another operator approves it before it is credited. One booking of the bank is
 * one transfer.
 * @throws {AppError} `invalid_amount`; `not_found`; `conflict` for a booking that was proposed with other facts
 */
export async function proposeBankTransfer(
  { database, clock, organizations }: PaymentContext,
  request: ProposeBankTransferRequest,
  actor: Actor,
): Promise<{ transfer: BankTransfer; isNew: boolean }> {
  const { organizationId: orgId, bankReference, description } = request;
  const amount = parseNanoUsd(request.amountNanoUsd);
  if (amount <= 0n || amount > amountNanoUsdMax) throw new AppError('invalid_amount', { param: 'amountNanoUsd' });
  if (!(await organizations.confirm(orgId))) {
    throw new AppError('not_found', { param: 'organizationId', message: noOrganization });
  }
  const now = clock();
  const proposedBy = userOf(actor);
  return database.$transaction(async (tx) => {
    const id = createUuidV7(now.getTime());
    const made = await tx.$executeRaw`
      INSERT INTO bank_transfer (id, org_id, amount, bank_reference, description, state, proposed_by, created_at)
      VALUES (${id}::uuid, ${orgId}::uuid, ${amount}, ${bankReference}, ${description}, 'proposed', ${proposedBy}::uuid,
        ${now}::timestamptz)
      ON CONFLICT (bank_reference) DO NOTHING`;
    const row = await tx.bankTransfer.findUniqueOrThrow({ where: { bankReference } });
    if (made === 0) {
      if (row.orgId === orgId && row.amount === amount) return { transfer: toBankTransfer(row), isNew: false };
      throw new AppError('conflict', { message: 'This bankReference was proposed with other facts.' });
    }
    await writeAudit(tx, now, actor, {
      ...{ organizationId: orgId, action: 'bank_transfer_proposed', subjectType: 'bank_transfer', subjectId: id },
      details: { amountNanoUsd: amount.toString(), bankReference },
    });
    return { transfer: toBankTransfer(row), isNew: true };
  });
}

/**
 * Approves or rejects a proposed transfer; an approval credits it: `cash_clearing → available`. The same decision again by the
 * same person changes nothing.
 * @throws {AppError} `insufficient_permissions` for an approval by the user who proposed it; `conflict` if it was decided
 *   otherwise; `not_found`
 */
export async function decideBankTransfer(
  { database, clock, config, organizations }: PaymentContext,
  id: string,
  state: 'approved' | 'rejected',
  actor: Actor,
): Promise<BankTransfer> {
  const decidedBy = userOf(actor);
  const known = await database.bankTransfer.findUnique({ where: { id }, select: { orgId: true } });
  if (known === null) throw new AppError('not_found');
  const { signUpCreditNanoUsd } = config;
  if (state === 'approved') await openAccounts(database, known.orgId, { signUpCreditNanoUsd, organizations });
  return database.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM bank_transfer WHERE id = ${id}::uuid FOR UPDATE`;
    const row = await tx.bankTransfer.findUniqueOrThrow({ where: { id } });
    if (row.state === state && row.decidedBy === decidedBy) return toBankTransfer(row);
    if (row.state !== 'proposed') throw new AppError('conflict', { message: `This transfer is ${row.state} already.` });
    if (state === 'approved' && row.proposedBy === decidedBy) {
      const message = 'The user who proposed a transfer cannot approve it. Ask another operator.';
      throw new AppError('insufficient_permissions', { message });
    }
    const now = clock();
    const { orgId, amount: amountNanoUsd, bankReference } = row;
    if (state === 'approved') {
      const description = `Bank transfer ${bankReference}`;
      const credit = { orgId, from: platformAccounts.cashClearing, amountNanoUsd, description };
      await postCredit(tx, { ...credit, type: 'top_up' });
    }
    const decided = await tx.bankTransfer.update({ where: { id }, data: { state, decidedBy, decidedAt: now } });
    await writeAudit(tx, now, actor, {
      ...{ organizationId: orgId, action: `bank_transfer_${state}`, subjectType: 'bank_transfer', subjectId: id },
      details: { amountNanoUsd: amountNanoUsd.toString(), proposedBy: row.proposedBy },
    });
    return toBankTransfer(decided);
  });
}

/** A key acts for its user, so that one person with two keys is one person. */
function userOf({ userId }: Actor): string {
  if (userId === null) throw new AppError('internal_error', { internal: 'a bank transfer needs a user' });
  return userId;
}

export function toBankTransfer(row: Row): BankTransfer {
  return {
    ...{ id: row.id, time: row.createdAt.toISOString(), organizationId: row.orgId },
    ...{ amountNanoUsd: formatNanoUsd(row.amount), bankReference: row.bankReference, description: row.description },
    ...{ state: bankTransfer.shape.state.parse(row.state), proposedBy: row.proposedBy, decidedBy: row.decidedBy },
  };
}
