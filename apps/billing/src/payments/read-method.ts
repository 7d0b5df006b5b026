import type { PaymentMethodAnswer } from '@aggregator/contracts';
import type { Transaction } from '../database/open-database.ts';

/** Returns the answer of `GET /v1/billing/payment-method`: the saved method by its last digits and expiry, or null. */
export async function readMethod(database: Transaction, orgId: string): Promise<PaymentMethodAnswer> {
  const row = await database.paymentCustomer.findFirst({ where: { orgId, methodReference: { not: null } } });
  if (row === null) return { method: null };
  const { provider, brand, lastDigits, expiryMonth, expiryYear } = row;
  return { method: { provider, brand: brand ?? '', lastDigits: lastDigits ?? '', expiryMonth, expiryYear } };
}
