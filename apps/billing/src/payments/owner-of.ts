import type { WebhookSubject } from '@aggregator/payments';
import type { Database } from '../database/open-database.ts';
import { isUuid } from './payment-rows.ts';

/**
 * The organisation whose payment or refund an unsigned webhook of `provider` names; null if it is about none. Our own id counts only
 * while the payment has no id of the provider: the answer that carries it may be lost or late.
 */
export async function ownerOf(database: Database, provider: string, subject: WebhookSubject): Promise<string | null> {
  const { paymentId, paymentReference, refundReference } = subject;
  const select = { orgId: true };
  if (paymentReference !== null) {
    const where = { provider_paymentReference: { provider, paymentReference } };
    const payment = await database.payment.findUnique({ where, select });
    if (payment !== null) return payment.orgId;
  }
  if (paymentId !== null && isUuid(paymentId)) {
    const where = { id: paymentId, provider, paymentReference: null };
    const payment = await database.payment.findFirst({ where, select });
    if (payment !== null) return payment.orgId;
  }
  if (refundReference === null) return null;
  const refund = await database.paymentRefund.findFirst({ where: { refundReference }, select });
  return refund?.orgId ?? null;
}
