import { requestCostNanoUsdMax } from '@aggregator/contracts';
import { costUsage } from '@aggregator/pricing';
import { createUuidV7 } from '@aggregator/service-kit';
import type { UsageCharge } from '../charges/usage-charge.ts';
import { type Transaction, toJsonRows } from '../database/open-database.ts';
import { platformAccounts } from '../ledger/accounts.ts';
import { type NewTransfer, postTransfers } from '../ledger/post-transfers.ts';

/** What of a charge, or of a correction, a review is about. */
export interface Reviewable {
  event: Pick<UsageCharge['event'], 'requestId' | 'orgId' | 'provider' | 'model' | 'price' | 'usage' | 'reportedUsage'>;
  amountNanoUsd: bigint;
}

/** A charge whose provider reported other usage than the customer pays for. */
export interface OpenedReview {
  charge: Reviewable;
  /** What the report would cost beyond the charge, in nano-USD; 0 where it would cost less, or has no price. */
  differenceNanoUsd: bigint;
}

/**
 * Notes charges with usage outside the bounds of their request for a person to look at, and books the excess
 * `platform_loss → payable_disputed`: the provider may claim it, the customer does not owe it. The platform's accounts must
 * be locked. A request has one review at most: a second report of it changes nothing.
 */
export async function openReviews(tx: Transaction, settled: readonly Reviewable[]): Promise<OpenedReview[]> {
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
  const opened = await tx.$queryRaw<{ requestId: string }[]>`
    INSERT INTO usage_review
      (id, request_id, org_id, provider, model, charged_usage, reported_usage, charged, difference)
    SELECT id, "requestId", "orgId", provider, model, usage, "reportedUsage", "amountNanoUsd", "differenceNanoUsd"
    FROM json_to_recordset(${toJsonRows(rows)}::json) AS row (
      id uuid, "requestId" uuid, "orgId" uuid, provider text, model text, usage jsonb, "reportedUsage" jsonb,
      "amountNanoUsd" bigint, "differenceNanoUsd" bigint)
    ORDER BY "requestId"
    ON CONFLICT (request_id) DO NOTHING
    RETURNING request_id AS "requestId"`;
  const openedIds = new Set(opened.map(({ requestId }) => requestId));
  const fresh = reviews.filter(({ charge }) => openedIds.has(charge.event.requestId));
  await postTransfers(tx, fresh.flatMap(toTransfer));
  return fresh;
}

/** What the provider may claim: the report at its own price, beyond what it is owed for the charged usage. */
function priceExcess({ event }: Reviewable): bigint {
  let reported: bigint;
  try {
    reported = costUsage(event.reportedUsage ?? {}, event.price);
  } catch {
    // A counter without a rate: the report has no price.
    return 0n;
  }
  const owed = costUsage(event.usage, event.price);
  if (reported <= owed) return 0n;
  const excess = reported - owed;
  return excess < requestCostNanoUsdMax ? excess : requestCostNanoUsdMax;
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
