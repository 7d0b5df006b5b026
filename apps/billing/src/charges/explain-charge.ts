import {
  type ChargeExplanation,
  outcome,
  price,
  type Rates,
  type Usage,
  usage,
  usageComponents,
  usageCorrected,
} from '@aggregator/contracts';
import { formatNanoUsd, selectTier } from '@aggregator/pricing';
import type { Database } from '../database/open-database.ts';

interface TransferRow {
  id: string;
  time: Date;
  from: string;
  to: string;
  amount: bigint;
}

/** How the amount of an organisation's charge comes about; null where it has none for this request. */
export async function explainCharge(
  db: Database,
  question: { orgId: string; requestId: string },
): Promise<ChargeExplanation | null> {
  const charge = await db.charge.findFirst({ where: question });
  if (charge === null) return null;
  const transfers = await db.$queryRaw<TransferRow[]>`
    SELECT transfer.id, time, debit.kind AS "from", credit.kind AS "to", amount
    FROM transfer
      JOIN account debit ON debit.id = debit_account
      JOIN account credit ON credit.id = credit_account
    -- What the provider charges us is no part of it.
    WHERE request_id = ${charge.requestId}::uuid AND reason NOT IN ('provider_excess', 'cost_correction') ORDER BY transfer.id`;
  const { version, rates } = price.parse(charge.price);
  const correction = await readCorrection(db, charge.requestId);
  return {
    requestId: charge.requestId,
    time: charge.time.toISOString(),
    provider: charge.provider,
    model: charge.model,
    outcome: outcome.parse(charge.outcome),
    estimated: charge.estimated,
    priceVersion: version,
    lines: charge.outcome === 'void' ? [] : toLines(usage.parse(charge.usage), rates),
    amountNanoUsd: formatNanoUsd(charge.amount),
    ...(correction !== null && { correction }),
    transfers: transfers.map(({ id, time, from, to, amount }) => ({
      ...{ id, from, to },
      time: time.toISOString(),
      amountNanoUsd: formatNanoUsd(amount),
    })),
  };
}

/** The posted correction of a request; null if it has none. */
async function readCorrection(db: Database, requestId: string): Promise<ChargeExplanation['correction'] | null> {
  const row = await db.usageCorrection.findUnique({ where: { requestId } });
  if (row?.state !== 'posted') return null;
  const { time, actual } = usageCorrected.parse(row.body);
  return { time, ...actual, differenceNanoUsd: formatNanoUsd(row.difference ?? 0n) };
}

/** Each counter with the rate that it was charged by, which of two tiers is the one that the whole request fell into. */
function toLines(used: Usage, rates: Rates): ChargeExplanation['lines'] {
  const tier = selectTier(used, rates);
  return usageComponents.flatMap((component) => {
    const units = used[component] ?? 0;
    const ratePicoUsd = tier[component] ?? '0';
    if (units === 0) return [];
    return [{ component, units, ratePicoUsd, amountPicoUsd: (BigInt(units) * BigInt(ratePicoUsd)).toString() }];
  });
}
