import { priceUsage } from '@aggregator/pricing';
import { createUuidV7 } from '@aggregator/service-kit';
import type { UsageCharge } from '../charges/usage-charge.ts';
import { type Transaction, toJsonRows } from '../database/open-database.ts';
import { platformAccounts } from '../ledger/accounts.ts';
import { type NewTransfer, postTransfers } from '../ledger/post-transfers.ts';

/** A charge whose provider reported other usage than the customer pays for. */
export interface OpenedReview {
  charge: UsageCharge;
  /** What the report would cost beyond the charge, in nano-USD; 0 where it would cost less, or has no price. */
  differenceNanoUsd: bigint;
}

/** A million dollars; more is a fault of the report, and no sum that is ever owed. */
const differenceNanoUsdMax = 1_000_000_000_000_000n;

/**
 * Notes charges with usage outside the bounds of their request for a person to look at, and books the excess
 * `platform_loss → payable_disputed`: the provider may claim it, the customer does not owe it. The platform's accounts must
 * be locked.
 */
export async function openReviews(tx: Transaction, settled: readonly UsageCharge[]): Promise<OpenedReview[]> {
  const reviews = settled.flatMap((charge) => {
    const { reportedUsage } = charge.event;
    return reportedUsage ? [{ charge, reportedUsage, differenceNanoUsd: priceExcess(charge) }] : [];
  });
  if (reviews.length === 0) return [];
  const rows = reviews.map(({ charge: { event, amountNanoUsd }, reportedUsage, differenceNanoUsd }) => ({
    ...{ id: createUuidV7(), requestId: event.requestId, orgId: event.orgId },
    ...{ provider: event.provider, model: event.model, usage: event.usage },
    ...{ reportedUsage, amountNanoUsd, differenceNanoUsd },
  }));
  await tx.$executeRaw`
    INSERT INTO usage_review
      (id, request_id, org_id, provider, model, charged_usage, reported_usage, charged, difference)
    SELECT id, "requestId", "orgId", provider, model, usage, "reportedUsage", "amountNanoUsd", "differenceNanoUsd"
    FROM json_to_recordset(${toJsonRows(rows)}::json) AS row (
      id uuid, "requestId" uuid, "orgId" uuid, provider text, model text, usage jsonb, "reportedUsage" jsonb,
      "amountNanoUsd" bigint, "differenceNanoUsd" bigint)
    ORDER BY "requestId"`;
  await postTransfers(tx, reviews.flatMap(toTransfer));
  return reviews;
}

function priceExcess({ event, amountNanoUsd }: UsageCharge): bigint {
  let reported: bigint;
  try {
    reported = priceUsage(event.reportedUsage ?? {}, event.price.rates);
  } catch {
    // A counter without a rate: the report has no price.
    return 0n;
  }
  if (reported <= amountNanoUsd) return 0n;
  const excess = reported - amountNanoUsd;
  return excess < differenceNanoUsdMax ? excess : differenceNanoUsdMax;
}

function toTransfer({ charge, differenceNanoUsd }: OpenedReview): NewTransfer[] {
  if (differenceNanoUsd === 0n) return [];
  const { provider, model, requestId } = charge.event;
  return [
    {
      debitAccount: platformAccounts.platformLoss,
      creditAccount: platformAccounts.payableDisputed,
      amountNanoUsd: differenceNanoUsd,
      reason: 'provider_excess',
      requestId,
      description: `${model} via ${provider}: reported beyond the bounds of the request`,
    },
  ];
}
