import { AppError } from '@aggregator/contracts';
import { EventFormError, type PaymentEvent, SignatureError } from '@aggregator/payments';
import { readJsonBytes } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { BillingContext } from '../../billing-context.ts';
import type { PaymentEventResult } from '../../payments/event-context.ts';
import { handlePaymentEvent } from '../../payments/handle-payment-event.ts';

const bodyBytesMax = 256 * 1024;

/**
 * POST /v1/billing/webhooks/{provider}: 200 for every event that is signed, also for one that is quarantined, since sending
 * it again changes nothing; 401 for what the provider did not sign. The signature is over the bytes as they came.
 */
export function receivePaymentWebhookHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    const provider = context.paymentProviders.get(String(request.params.provider));
    if (provider === undefined) throw new AppError('not_found');
    const body = await readJsonBytes(request, bodyBytesMax);
    let events: PaymentEvent[];
    try {
      events = await provider.readEvents(body, request.headers, context.clock());
    } catch (error) {
      if (!(error instanceof SignatureError) && !(error instanceof EventFormError)) throw error;
      context.events.paymentWebhookRefused({ provider: provider.name, reason: error.message });
      throw new AppError(error instanceof SignatureError ? 'invalid_signature' : 'invalid_value', { cause: error });
    }
    const results: PaymentEventResult[] = [];
    for (const event of events) results.push(await handlePaymentEvent(context, provider.name, event));
    response.json({ result: results[0] ?? 'handled' });
  };
}
