import { requestCostNanoUsdMax } from '@aggregator/contracts';
import { ConfigError, type ConfigOf, integer, variable } from '@aggregator/service-kit';
import { z } from 'zod';

/** A million dollars; below what the counter store can count exactly. */
export const nanoUsdMax = Number(requestCostNanoUsdMax) - 1;
const nanoUsd = (min: number) => integer(min, nanoUsdMax).transform(BigInt);

const webhookSecrets = z
  .string()
  .transform((text) => text.split(',').map((secret) => secret.trim()))
  .pipe(
    z
      .array(z.string().regex(/^whsec_[\w+/=-]{8,}$/, 'must begin with whsec_'))
      .min(1)
      .max(5),
  );

/** Variables of payments. */
export const paymentVariables = {
  stripeSecretKey: variable(
    'STRIPE_SECRET_KEY',
    z
      .string()
      .regex(/^[sr]k_(live|test)_\w{8,}$/, 'must begin with sk_live_, rk_live_, sk_test_ or rk_test_')
      .optional(),
    'Key of the Stripe account that takes payments; unset, this installation takes none by Stripe.',
    { isSecret: true },
  ),
  stripeWebhookSecrets: variable(
    'STRIPE_WEBHOOK_SECRETS',
    webhookSecrets.optional(),
    'Signing secrets of the webhook at Stripe, separated by commas. To change one, put the new one before the old one, and take the old one away when Stripe no longer signs with it. Must be set with STRIPE_SECRET_KEY.',
    { isSecret: true },
  ),
  stripeApiUrl: variable(
    'STRIPE_API_URL',
    z.url({ protocol: /^https?$/ }).default('https://api.stripe.com'),
    'Address of the API of Stripe; another one for tests.',
  ),
  yookassaShopId: variable(
    'YOOKASSA_SHOP_ID',
    z
      .string()
      .regex(/^\d{4,12}$/, 'must be digits')
      .optional(),
    'Shop at YooKassa that takes payments in rubles; unset, this installation takes none by YooKassa. Must be set with YOOKASSA_SECRET_KEY.',
  ),
  yookassaSecretKey: variable(
    'YOOKASSA_SECRET_KEY',
    z
      .string()
      .regex(/^(live|test)_[\w-]{8,}$/, 'must begin with live_ or test_')
      .optional(),
    'Secret key of the shop at YooKassa.',
    { isSecret: true },
  ),
  yookassaApiUrl: variable(
    'YOOKASSA_API_URL',
    z.url({ protocol: /^https?$/ }).default('https://api.yookassa.ru/v3'),
    'Address of the API of YooKassa; another one for tests.',
  ),
  paymentProvider: variable(
    'PAYMENT_PROVIDER',
    z.enum(['stripe', 'yookassa']).default('stripe'),
    'Provider of new payments where both are set up; the other one still reports and refunds its own.',
  ),
  publicUrl: variable(
    'PUBLIC_URL',
    z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:3000'),
    'Start of the links in mails and of the page to which a payment provider sends a customer back. The page of a mail reads the token behind `#token=` and calls the API with it.',
  ),
  exchangeRateMaxAgeDays: variable(
    'EXCHANGE_RATE_MAX_AGE_DAYS',
    integer(1, 366).default(30),
    'Greatest age of an exchange rate, in days. With an older one, payments in its currency are refused, and invoices of profiles with it wait.',
  ),
  topUpMinNanoUsd: variable(
    'TOP_UP_MIN_NANO_USD',
    nanoUsd(500_000_000).default(5_000_000_000n),
    'Least amount of a top-up by a payment provider, in nano-USD. $5 by default.',
  ),
  topUpMaxNanoUsd: variable(
    'TOP_UP_MAX_NANO_USD',
    nanoUsd(500_000_000).default(10_000_000_000_000n),
    'Largest amount of a top-up by a payment provider, in nano-USD. $10,000 by default.',
  ),
} as const;

/**
 * A payment that is taken and cannot be confirmed would be lost, so the service does not start with one secret alone.
 * @throws {ConfigError}
 */
export function requirePaymentSecrets({
  stripeSecretKey,
  stripeWebhookSecrets,
  yookassaShopId,
  yookassaSecretKey,
}: ConfigOf<typeof paymentVariables>): void {
  const faults = [
    ...(isHalf(stripeSecretKey, stripeWebhookSecrets) ? ['STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRETS'] : []),
    ...(isHalf(yookassaShopId, yookassaSecretKey) ? ['YOOKASSA_SHOP_ID, YOOKASSA_SECRET_KEY'] : []),
  ];
  if (faults.length > 0) throw new ConfigError(faults.map((names) => `${names}: must be set together, or neither.`));
}

const isHalf = (one: unknown, other: unknown) => (one === undefined) !== (other === undefined);
