import type { WebhookSubject } from '@aggregator/payments';
import type { Database } from '../database/open-database.ts';
import { isUuid } from './payment-rows.ts';

/**
 * Whether an unsigned webhook of `provider` names one of our payments or refunds. Our own id counts only while the payment has
 * no id of the provider: the answer that carries it may be lost or late.
 */
export async function isOurs(database: Database, provider: string, subject: WebhookSubject): Promise<boolean> {
  const { paymentId, paymentReference, refundReference } = subject;
  const select = { id: true };
  if (paymentReference !== null) {
    const where = { provider_paymentReference: { provider, paymentReference } };
    if ((await database.payment.findUnique({ where, select })) !== null) return true;
  }
  if (paymentId !== null && isUuid(paymentId)) {
    const where = { id: paymentId, provider, paymentReference: null };
    if ((await database.payment.findFirst({ where, select })) !== null) return true;
  }
  if (refundReference === null) return false;
  return (await database.paymentRefund.findFirst({ where: { refundReference }, select })) !== null;
}
