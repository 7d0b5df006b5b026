import type { PaymentProvider } from '@aggregator/payments';
import type { Database } from '../database/open-database.ts';
import type { BillingEvents } from '../events.ts';
import type { OpenAccountsOptions } from '../ledger/open-accounts.ts';

/** Below the day for which a provider keeps an idempotency key: what has no answer by then is not asked for again. */
export const answerWithinMs = 23 * 3_600_000;

/** What payments need. */
export interface PaymentContext {
  readonly database: Database;
  /** By name; empty if the installation takes no payments. */
  readonly paymentProviders: ReadonlyMap<string, PaymentProvider>;
  readonly events: BillingEvents;
  readonly organizations: OpenAccountsOptions['organizations'];
  /** The time of people: days, months, expiry. */
  readonly clock: () => Date;
  readonly config: {
    readonly signUpCreditNanoUsd: bigint;
    readonly topUpMinNanoUsd: bigint;
    readonly topUpMaxNanoUsd: bigint;
    readonly publicUrl: string;
    readonly exchangeRateMaxAgeDays: number;
  };
}

/** The provider of new payments; undefined if the installation takes none. */
export function defaultProvider({ paymentProviders }: Pick<PaymentContext, 'paymentProviders'>) {
  return paymentProviders.values().next().value;
}
