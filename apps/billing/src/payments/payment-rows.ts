import { type TopUp, topUp } from '@aggregator/contracts';
import type { PaymentEvent } from '@aggregator/payments';
import { formatNanoUsd } from '@aggregator/pricing';
import type { Transaction } from '../database/open-database.ts';
import { nanoUsdPerCent } from '../exchange-rates/exchange-rates.ts';
import type { Payment, PaymentRefund } from '../generated/prisma/client.ts';

type Amounts = Pick<Payment, 'amount' | 'minorUnits'>;
type Units = Pick<PaymentRefund, 'amount' | 'minorUnits'>;

/** A part of a payment in the smallest units of its currency, by the rate of the payment, rounded down. */
function toMinorUnits({ amount, minorUnits }: Amounts, nanoUsd: bigint): bigint {
  return (nanoUsd * minorUnits) / amount;
}

/** What the provider returns for a refund. Refunds of earlier releases have no units of their own. */
export function unitsOf(payment: Amounts, { amount, minorUnits }: Units): bigint {
  return minorUnits ?? toMinorUnits(payment, amount);
}

/**
 * The smallest units of the next refund of a payment: all that is refunded with it, less what earlier refunds return. So the parts
 * of a whole payment add up to what was paid. `earlier` are the refunds that have not failed.
 */
export function toNextUnits(payment: Amounts & Pick<Payment, 'refunded'>, earlier: Units[], amount: bigint) {
  const returned = earlier.reduce((sum, refund) => sum + unitsOf(payment, refund), 0n);
  return toMinorUnits(payment, payment.refunded + amount) - returned;
}

/** A part of a payment in nano-USD, by the rate of the payment, rounded down to cents. All of it is all of it. */
export function toNanoUsd({ amount, minorUnits }: Amounts, units: bigint): bigint {
  const exact = (units * amount) / minorUnits;
  return exact - (exact % nanoUsdPerCent);
}

export function toTopUp(row: Payment): TopUp {
  const isOpen = row.status === 'open';
  return {
    id: row.id,
    time: row.createdAt.toISOString(),
    organizationId: row.orgId,
    kind: topUp.shape.kind.parse(row.kind),
    provider: row.provider,
    status: topUp.shape.status.parse(row.status),
    currency: topUp.shape.currency.parse(row.currency),
    amountNanoUsd: formatNanoUsd(row.amount),
    refundedNanoUsd: formatNanoUsd(row.refunded),
    disputedNanoUsd: formatNanoUsd(row.disputed),
    failureCode: row.failureCode,
    checkoutUrl: isOpen ? row.checkoutUrl : null,
    expiresAt: isOpen ? (row.expiresAt?.toISOString() ?? null) : null,
  };
}

/** Locks a payment until the transaction ends; null if there is none. */
export async function lockPayment(tx: Transaction, id: string): Promise<Payment | null> {
  const rows = await tx.$queryRaw<{ id: string }[]>`SELECT id FROM payment WHERE id = ${id}::uuid FOR UPDATE`;
  return rows.length === 0 ? null : tx.payment.findUnique({ where: { id } });
}

/**
 * The payment that an event of `provider` is about, locked: by our own id, else by the provider's. Null if it names none that
 * we know; one of another provider is not known.
 */
export async function lockPaymentOf(
  tx: Transaction,
  provider: string,
  event: Pick<Extract<PaymentEvent, { paymentId: unknown }>, 'paymentId' | 'paymentReference'>,
): Promise<Payment | null> {
  const { paymentId, paymentReference } = event;
  const found =
    paymentId !== null && isUuid(paymentId)
      ? await tx.payment.findFirst({ where: { id: paymentId, provider }, select: { id: true } })
      : paymentReference !== null
        ? await tx.payment.findFirst({ where: { provider, paymentReference }, select: { id: true } })
        : null;
  return found === null ? null : lockPayment(tx, found.id);
}

export const isUuid = (text: string) => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
