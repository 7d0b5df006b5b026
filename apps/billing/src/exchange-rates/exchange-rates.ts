import { AppError, type CreateExchangeRateRequest, type ExchangeRate } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import { type Actor, writeAudit } from '../audit/write-audit.ts';
import type { Transaction } from '../database/open-database.ts';
import type { ExchangeRate as Row } from '../generated/prisma/client.ts';
import type { PaymentContext } from '../payments/payment-desk.ts';

/** Nano-USD in a cent: the smallest unit that a payment provider moves. */
export const nanoUsdPerCent = 10_000_000n;
const nanoUsdPerUsd = 1_000_000_000n;
const microPerUnit = 1_000_000n;
const minorPerUnit = 100n;

/** An amount as a provider is asked for it, with the rate that it was computed by. */
export interface ProviderMoney {
  currency: string;
  /** Smallest units of the currency. */
  minorUnits: bigint;
  exchangeRateId: string | null;
}

/** What decides whether a rate may still be used. */
export type RateAge = Pick<PaymentContext, 'clock'> & {
  readonly config: Pick<PaymentContext['config'], 'exchangeRateMaxAgeDays'>;
};

/**
 * What a provider of a currency is asked for, by the newest rate, rounded up to its smallest unit. `amountNanoUsd` is whole cents.
 * @throws {AppError} `service_unavailable` without a rate, or if the newest one is too old
 */
export async function toProviderMoney(
  context: RateAge,
  tx: Transaction,
  currency: string,
  amountNanoUsd: bigint,
): Promise<ProviderMoney> {
  if (currency === 'USD') return { currency, minorUnits: amountNanoUsd / nanoUsdPerCent, exchangeRateId: null };
  const rate = await findRate(tx, currency);
  if (rate === null) {
    throw new AppError('service_unavailable', { message: `The operator has set no exchange rate of ${currency}.` });
  }
  if (isTooOld(context, rate)) {
    throw new AppError('service_unavailable', { message: `The exchange rate of ${currency} is too old.` });
  }
  const divisor = nanoUsdPerUsd * microPerUnit;
  const minorUnits = (amountNanoUsd * rate.microUnitsPerUsd * minorPerUnit + divisor - 1n) / divisor;
  return { currency, minorUnits, exchangeRateId: rate.id };
}

/** Cents in the smallest units of another currency, rounded half up. */
export function convertCents(cents: bigint, microUnitsPerUsd: bigint): bigint {
  return (cents * microUnitsPerUsd * 2n + microPerUnit) / (microPerUnit * 2n);
}

/** The newest rate of a currency; null for USD, and where there is none. */
export function findRate(tx: Transaction, currency: string): Promise<Row | null> {
  return tx.exchangeRate.findFirst({ where: { currency }, orderBy: { id: 'desc' } });
}

/** True if a rate was set longer ago than the operator allows: nothing new is computed by it. */
export const isTooOld = (context: RateAge, rate: Pick<Row, 'createdAt'>) => ageRatio(context, rate) > 1;

/** The age of a rate as a part of the greatest age. */
function ageRatio({ clock, config }: RateAge, { createdAt }: Pick<Row, 'createdAt'>): number {
  return (clock().getTime() - createdAt.getTime()) / (config.exchangeRateMaxAgeDays * 86_400_000);
}

/** Ages of the newest rates, as a part of the greatest age, by currency: of those that payments or billing profiles use. */
export async function readRateAges(context: PaymentContext): Promise<Map<string, number>> {
  const { database, paymentProviders } = context;
  const currencies = [...paymentProviders.values()].map(({ currency }) => currency);
  const rows = await database.$queryRaw<{ currency: string; createdAt: Date }[]>`
    SELECT DISTINCT ON (currency) currency, created_at AS "createdAt" FROM exchange_rate
    WHERE currency = ANY (${currencies})
      OR EXISTS (SELECT FROM billing_profile WHERE body->>'currency' = exchange_rate.currency)
    ORDER BY currency, id DESC`;
  return new Map(rows.map((row) => [row.currency, ageRatio(context, row)]));
}

/** Saves a rate; earlier ones stay, with the payments that were made by them. */
export async function createExchangeRate(
  { database, clock }: PaymentContext,
  { currency, microUnitsPerUsd, source }: CreateExchangeRateRequest,
  actor: Actor,
): Promise<ExchangeRate> {
  const now = clock();
  const id = createUuidV7(now.getTime());
  return database.$transaction(async (tx) => {
    const row = { id, currency, microUnitsPerUsd: BigInt(microUnitsPerUsd), source, createdBy: actor.userId };
    const saved = await tx.exchangeRate.create({ data: { ...row, createdAt: now } });
    await writeAudit(tx, now, actor, {
      ...{ organizationId: null, action: 'exchange_rate_created', subjectType: 'exchange_rate', subjectId: id },
      details: { currency, microUnitsPerUsd, source },
    });
    return toExchangeRate(saved);
  });
}

export function toExchangeRate(row: Row): ExchangeRate {
  return {
    ...{ id: row.id, time: row.createdAt.toISOString(), currency: 'RUB', source: row.source },
    ...{ microUnitsPerUsd: row.microUnitsPerUsd.toString(), createdBy: row.createdBy },
  };
}
