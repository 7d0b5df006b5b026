import type { PaymentMethodAnswer } from '@aggregator/contracts';
import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { ReadContext } from '../../tenants/tenant-reads.ts';

/** GET /v1/billing/payment-method: the saved method by its last digits and expiry, or null. */
export function readPaymentMethodHandler({ database }: ReadContext): RequestHandler {
  return async (request, response) => {
    const { orgId } = principalOf(request);
    const row = await database.paymentCustomer.findFirst({ where: { orgId, methodReference: { not: null } } });
    const method =
      row === null
        ? null
        : {
            ...{ provider: row.provider, brand: row.brand ?? '', lastDigits: row.lastDigits ?? '' },
            ...{ expiryMonth: row.expiryMonth, expiryYear: row.expiryYear },
          };
    response.json({ method } satisfies PaymentMethodAnswer);
  };
}
