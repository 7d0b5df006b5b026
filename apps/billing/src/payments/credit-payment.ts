import { createUuidV7 } from '@aggregator/service-kit';
import { installation, writeAudit } from '../audit/write-audit.ts';
import type { Transaction } from '../database/open-database.ts';
import type { Payment } from '../generated/prisma/client.ts';
import { lockOrganization, platformAccounts } from '../ledger/accounts.ts';
import { postTransfers } from '../ledger/post-transfers.ts';
import { writeStatement } from '../ledger/write-statement.ts';
import { collectReceivable } from './collect-receivable.ts';
import type { EventContext } from './event-context.ts';

/**
 * Credits a locked payment, once: `cash_clearing → available`, by the amount that we asked for. A payment that counted as
 * failed or expired is credited too, since its money has arrived. What the organisation owes is then taken from it.
 */
export async function creditPayment(
  { clock, events }: Pick<EventContext, 'clock' | 'events'>,
  tx: Transaction,
  payment: Payment,
  paymentReference: string | null,
): Promise<void> {
  const { id, orgId, amount: amountNanoUsd, provider, status } = payment;
  const reference = paymentReference === null ? {} : { paymentReference };
  if (status === 'succeeded') {
    if (payment.paymentReference === null && paymentReference !== null) {
      await tx.payment.update({ where: { id }, data: reference });
    }
    return;
  }
  const now = clock();
  const { availableId } = await lockOrganization(tx, orgId, [platformAccounts.cashClearing]);
  const lineId = createUuidV7();
  const description = payment.kind === 'automatic' ? 'Automatic top-up' : 'Top-up';
  const sides = { debitAccount: platformAccounts.cashClearing, creditAccount: availableId, amountNanoUsd };
  await postTransfers(tx, [{ ...sides, reason: 'top_up', description, reference: lineId }]);
  await writeStatement(tx, [{ id: lineId, orgId, type: 'top_up', amountNanoUsd, description }]);
  await tx.payment.update({
    where: { id },
    data: { status: 'succeeded', lineId, creditedAt: now, failureCode: null, ...reference },
  });
  await collectReceivable(tx, orgId);
  await writeAudit(tx, now, installation, {
    ...{ organizationId: orgId, action: 'payment_credited', subjectType: 'payment', subjectId: id },
    details: { amountNanoUsd: amountNanoUsd.toString(), provider, kind: payment.kind },
  });
  events.paymentCredited({ paymentId: id, orgId, provider, kind: payment.kind, amountNanoUsd });
}
