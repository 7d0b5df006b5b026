import { AppError, type PayerAnswer, payerState } from '@aggregator/contracts';
import { requireMatch } from '@aggregator/service-kit';
import { type Actor, writeAudit } from '../audit/write-audit.ts';
import type { Transaction } from '../database/open-database.ts';
import type { PaymentContext } from '../payments/payment-desk.ts';

/**
 * Writes down that an organisation wants another one to pay; nothing changes until that one accepts. Whether it exists is not checked,
 * since the answer would show it.
 * @throws {AppError} `precondition_failed`; `conflict` if another organisation pays already; `invalid_value` for its own id.
 */
export async function askPayer(
  { database, clock }: Pick<PaymentContext, 'database' | 'clock'>,
  orgId: string,
  payerId: string,
  actor: Actor,
  ifMatch: string | undefined,
): Promise<void> {
  if (orgId === payerId) throw new AppError('invalid_value', { message: 'An organization pays for itself already.' });
  await database.$transaction(async (tx) => {
    const now = clock();
    await tx.$queryRaw`SELECT org_id FROM paid_organization WHERE org_id = ${orgId}::uuid FOR UPDATE`;
    await requirePayerMatch(tx, orgId, ifMatch);
    const written = await tx.$executeRaw`
      INSERT INTO paid_organization (org_id, payer_id, state, since, confirmed_at)
      VALUES (${orgId}::uuid, ${payerId}::uuid, 'asked', ${now}::timestamptz, ${now}::timestamptz)
      ON CONFLICT (org_id) DO UPDATE SET payer_id = excluded.payer_id, since = excluded.since
      WHERE paid_organization.state = 'asked'`;
    if (written === 0)
      throw new AppError('conflict', { message: 'Another organization pays for it. Detach it first.' });
    const change = { organizationId: orgId, action: 'payer_asked', subjectType: 'organization', subjectId: orgId };
    await writeAudit(tx, now, actor, { ...change, details: { payerId } });
  });
}

/** Who pays for an organisation, or is asked to. */
export async function readPayer(database: Transaction, orgId: string): Promise<PayerAnswer> {
  const row = await database.paidOrganization.findUnique({ where: { orgId } });
  if (row === null) return { payer: null };
  const { payerId, state, since } = row;
  return { payer: { organizationId: payerId, state: payerState.parse(state), since: since.toISOString() } };
}

/** Compares who pays with what the caller has read. Call it under a lock. Throws `precondition_failed`. */
export async function requirePayerMatch(tx: Transaction, orgId: string, ifMatch: string | undefined): Promise<void> {
  await requireMatch(ifMatch, async () => {
    const current = await readPayer(tx, orgId);
    return current.payer === null ? null : current;
  });
}
