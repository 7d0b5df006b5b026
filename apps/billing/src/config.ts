import {
  answerCacheVariables,
  type ConfigOf,
  commonVariables,
  databaseUrlVariable,
  defaultPorts,
  type Environment,
  eventLogVariables,
  flag,
  integer,
  peerUrlVariable,
  readConfig,
  redisVariables,
  tracingVariables,
  variable,
} from '@aggregator/service-kit';
import { z } from 'zod';
import { nanoUsdMax, paymentVariables, requirePaymentSecrets } from './payments/payments-config.ts';

const nanoUsd = (min: number) => integer(min, nanoUsdMax).transform(BigInt);

export const billingVariables = {
  ...commonVariables('billing', defaultPorts.billing),
  databaseUrl: databaseUrlVariable('billing'),
  databaseConnectionsMax: variable(
    'BILLING_DATABASE_CONNECTIONS_MAX',
    integer(4, 200).default(10),
    'Most connections that one billing process opens to its database.',
  ),
  ...redisVariables,
  authUrl: peerUrlVariable('auth'),
  analyticsUrl: peerUrlVariable('analytics'),
  orchestratorUrl: peerUrlVariable('provider-orchestrator'),
  ...answerCacheVariables,
  ...eventLogVariables,
  ...tracingVariables,
  leaseTargetNanoUsd: variable(
    'LEASE_TARGET_NANO_USD',
    nanoUsd(1).default(1_000_000_000n),
    'How much of a balance is leased to the counter store at once, in nano-USD; never more than a tenth of the balance unless one request needs it.',
  ),
  signUpCreditNanoUsd: variable(
    'SIGN_UP_CREDIT_NANO_USD',
    nanoUsd(0).default(0n),
    'Given once to every new organisation, in nano-USD.',
  ),
  lowBalanceNanoUsd: variable(
    'LOW_BALANCE_NANO_USD',
    nanoUsd(0).default(1_000_000_000n),
    'A balance that a charge takes below this is reported, in nano-USD.',
  ),
  chargeMinuteMaxNanoUsd: variable(
    'CHARGE_MINUTE_MAX_NANO_USD',
    nanoUsd(1).default(10_000_000_000_000n),
    'Most that one organisation is granted in one minute, as leases and holds, in nano-USD: a bound on what a fault or a stolen key can spend. $10,000 by default.',
  ),
  ledgerDetailMonths: variable(
    'LEDGER_DETAIL_MONTHS',
    integer(2, 240).default(13),
    'Whole months for which charges are kept request by request, before LEDGER_EXPORT_DIRECTORY takes them.',
  ),
  ledgerExportDirectory: variable(
    'LEDGER_EXPORT_DIRECTORY',
    z.string().default(''),
    'Directory on a lasting volume. Months older than LEDGER_DETAIL_MONTHS are exported there, and then kept as totals of days. Empty: each request is kept for ever.',
  ),
  ...paymentVariables,
  strandedLeaseReleaseMs: variable(
    'STRANDED_LEASE_RELEASE_MS',
    integer(0, 86_400_000).default(60_000),
    'Least time that leased money rests after the counter store lost its data, in milliseconds. It returns later than that while a settlement may still follow.',
  ),
  reclaimOnClose: variable(
    'RECLAIM_ON_CLOSE',
    flag.default(false),
    'true: idle credit returns to the balances when billing stops. Only where the counter store ends with this process.',
  ),
} as const;

export type BillingConfig = ConfigOf<typeof billingVariables>;

/** Throws ConfigError with every fault. */
export function readBillingConfig(environment: Environment): BillingConfig {
  const config = readConfig(billingVariables, environment);
  requirePaymentSecrets(config);
  return config;
}
