import { createStripeProvider, createYookassaProvider, type PaymentProvider } from '@aggregator/payments';
import type { BillingConfig } from '../config.ts';
import type { Database } from '../database/open-database.ts';
import { ownerOf } from './owner-of.ts';

type Config = Pick<
  BillingConfig,
  | 'stripeSecretKey'
  | 'stripeWebhookSecrets'
  | 'stripeApiUrl'
  | 'yookassaShopId'
  | 'yookassaSecretKey'
  | 'yookassaApiUrl'
  | 'paymentProvider'
>;

/** The configured payment providers by name, the one for new payments first; none if the installation takes no payments. */
export function openPaymentProviders(config: Config, database: Database): Map<string, PaymentProvider> {
  const providers = [...openStripe(config), ...openYookassa(config, database)];
  const isFirst = ({ name }: PaymentProvider) => name === config.paymentProvider;
  providers.sort((one, other) => Number(isFirst(other)) - Number(isFirst(one)));
  return new Map(providers.map((provider) => [provider.name, provider]));
}

function openStripe({ stripeSecretKey, stripeWebhookSecrets, stripeApiUrl: apiUrl }: Config): PaymentProvider[] {
  if (stripeSecretKey === undefined || stripeWebhookSecrets === undefined) return [];
  return [createStripeProvider({ secretKey: stripeSecretKey, webhookSecrets: stripeWebhookSecrets, apiUrl })];
}

function openYookassa(
  { yookassaShopId, yookassaSecretKey, yookassaApiUrl: apiUrl }: Config,
  database: Database,
): PaymentProvider[] {
  if (yookassaShopId === undefined || yookassaSecretKey === undefined) return [];
  const account = { shopId: yookassaShopId, secretKey: yookassaSecretKey, apiUrl };
  return [createYookassaProvider({ ...account, ownerOf: (subject) => ownerOf(database, 'yookassa', subject) })];
}
