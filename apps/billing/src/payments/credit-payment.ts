import { installation, writeAudit } from '../audit/write-audit.ts';
import { noteSuccess } from '../automatic-top-ups/note-outcome.ts';
import type { Transaction } from '../database/open-database.ts';
import type { Payment } from '../generated/prisma/client.ts';
import { platformAccounts } from '../ledger/accounts.ts';
import { writeNotice } from '../notices/write-notice.ts';
import type { EventContext } from './event-context.ts';
import { postCredit } from './post-credit.ts';

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
  const description = payment.kind === 'automatic' ? 'Automatic top-up' : 'Top-up';
  const credit = { orgId, from: platformAccounts.cashClearing, amountNanoUsd, description };
  const lineId = await postCredit(tx, { ...credit, type: 'top_up' });
  await tx.payment.update({
    where: { id },
    data: { status: 'succeeded', lineId, creditedAt: now, failureCode: null, ...reference },
  });
  const data = { topUpId: id, kind: payment.kind, amountNanoUsd: amountNanoUsd.toString() };
  await writeNotice(tx, now, { orgId, type: 'payment.succeeded', data });
  if (payment.kind === 'automatic') await noteSuccess(tx, orgId, now);
  await writeAudit(tx, now, installation, {
    ...{ organizationId: orgId, action: 'payment_credited', subjectType: 'payment', subjectId: id },
    details: { amountNanoUsd: amountNanoUsd.toString(), provider, kind: payment.kind },
  });
  events.paymentCredited({ paymentId: id, orgId, provider, kind: payment.kind, amountNanoUsd });
}
