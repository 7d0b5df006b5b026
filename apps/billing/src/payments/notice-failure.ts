import type { Transaction } from '../database/open-database.ts';
import type { Payment } from '../generated/prisma/client.ts';
import { writeNotice } from '../notices/write-notice.ts';

/** Notifies an organisation of a payment that will not succeed any more. */
export async function noticeFailure(tx: Transaction, now: Date, payment: Payment, failureCode: string): Promise<void> {
  const { id, orgId, kind, amount } = payment;
  const data = { topUpId: id, kind, amountNanoUsd: amount.toString(), failureCode };
  await writeNotice(tx, now, { orgId, type: 'payment.failed', data });
}
