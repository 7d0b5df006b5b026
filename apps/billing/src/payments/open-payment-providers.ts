import { createStripeProvider, type PaymentProvider } from '@aggregator/payments';
import type { BillingConfig } from '../config.ts';

/** The configured payment providers by name, the one for new payments first; none if the installation takes no payments. */
export function openPaymentProviders(
  config: Pick<BillingConfig, 'stripeSecretKey' | 'stripeWebhookSecrets' | 'stripeApiUrl'>,
): Map<string, PaymentProvider> {
  const { stripeSecretKey: secretKey, stripeWebhookSecrets: webhookSecrets, stripeApiUrl: apiUrl } = config;
  const providers =
    secretKey === undefined || webhookSecrets === undefined
      ? []
      : [createStripeProvider({ secretKey, webhookSecrets, apiUrl })];
  return new Map(providers.map((provider) => [provider.name, provider]));
}
