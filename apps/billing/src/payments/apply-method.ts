import type { PaymentEventOf } from '@aggregator/payments';
import type { Transaction } from '../database/open-database.ts';
import type { Applied } from './event-context.ts';

export const noMethod = { methodReference: null, brand: null, lastDigits: null, expiryMonth: null, expiryYear: null };

/** A saved method was added, changed or removed at the provider. An organisation has one: the newest. */
export async function applyMethod(
  tx: Transaction,
  provider: string,
  event: PaymentEventOf<'method_saved' | 'method_removed'>,
): Promise<Applied> {
  if (event.kind === 'method_removed') {
    const { methodReference } = event;
    await tx.paymentCustomer.updateMany({ where: { provider, methodReference }, data: noMethod });
  } else {
    const { customerReference, card } = event;
    await tx.paymentCustomer.updateMany({ where: { provider, customerReference }, data: card });
  }
  return { state: 'handled' };
}
