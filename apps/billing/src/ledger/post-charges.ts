import { countCharges } from '../budgets/count-charges.ts';
import { unholdInBudgets } from '../budgets/hold-budgets.ts';
import { type Allotment, allotCharge } from '../charges/allot-charge.ts';
import { settleRequests } from '../charges/settle-requests.ts';
import { describeCharge, type UsageCharge } from '../charges/usage-charge.ts';
import { bookCosts } from '../costs/book-costs.ts';
import type { Database, Transaction } from '../database/open-database.ts';
import { returnHolds } from '../holds/hold-money.ts';
import { closeHolds, type RequestHold } from '../holds/hold-rows.ts';
import { claimEvents, markQuarantined } from '../inbox/claim-events.ts';
import { drawForCharges } from '../promotional-credits/draw-promotional.ts';
import { type OpenedReview, openReviews } from '../reviews/open-reviews.ts';
import { advanceWatermarks } from '../spools/advance-watermark.ts';
import { lockAccounts, type OrganizationAccounts, type Purse, payerOf, platformAccounts } from './accounts.ts';
import { createOrderedIds } from './ordered-ids.ts';
import { type NewTransfer, postTransfers } from './post-transfers.ts';
import { writeStatement } from './write-statement.ts';

export interface PostedCharge {
  charge: UsageCharge;
  allotment: Allotment;
  /** Null if the organisation pays for itself. */
  payerId: string | null;
}

export interface PostChargesAnswer {
  posted: PostedCharge[];
  /** Posted nothing: free, void, or an attempt whose request has ended. */
  free: UsageCharge[];
  duplicates: UsageCharge[];
  quarantined: { charge: UsageCharge; reason: string }[];
  /** Charges whose provider reported usage outside the bounds of their request. */
  reviews: OpenedReview[];
}

/**
 * Posts a batch of checked charges in one transaction: inbox, settlements, transfers, balances, statement, outbox and
 * watermarks are committed together or not at all. What is locked is locked in one order by everybody: event ids, request
 * ids, accounts, budgets, watermarks, each sorted.
 * @param spools positions of everything that arrived with the batch, also of events that were refused before.
 */
export async function postCharges(
  db: Database,
  charges: readonly UsageCharge[],
  spools: readonly UsageCharge['event']['spool'][],
): Promise<PostChargesAnswer> {
  return db.$transaction(async (tx) => {
    const answer = await postClaimed(tx, charges);
    await advanceWatermarks(tx, spools);
    return answer;
  });
}

async function postClaimed(tx: Transaction, charges: readonly UsageCharge[]): Promise<PostChargesAnswer> {
  if (charges.length === 0) return { posted: [], free: [], duplicates: [], quarantined: [], reviews: [] };
  const claim = await claimEvents(tx, charges);
  const { settled, conflicting } = await settleRequests(tx, claim.fresh);
  await markQuarantined(tx, conflicting);
  const due = settled.filter(({ amountNanoUsd }) => amountNanoUsd > 0n);
  const holds = await closeHolds(
    tx,
    settled.map(({ event }) => event.requestId),
  );
  const posted = await moveMoney(tx, { settled, due, holds });
  await unholdInBudgets(tx, holds);
  await countCharges(tx, due, new Set(holds.map(({ requestId }) => requestId)));
  const reviews = await openReviews(tx, settled);
  const handled = new Set([...due, ...conflicting]);
  return {
    posted,
    free: claim.fresh.filter((charge) => !handled.has(charge)),
    duplicates: claim.duplicates,
    quarantined: [...claim.refused, ...conflicting.map((charge) => ({ charge, reason: 'request_already_settled' }))],
    reviews,
  };
}

interface Movable {
  settled: readonly UsageCharge[];
  /** Those of `settled` that charge something. */
  due: readonly UsageCharge[];
  holds: readonly RequestHold[];
}

async function moveMoney(tx: Transaction, { settled, due, holds }: Movable): Promise<PostedCharge[]> {
  const isFree = settled.every(({ costNanoUsd }) => costNanoUsd === 0n);
  if (due.length === 0 && holds.length === 0 && isFree) return [];
  const orgIds = [...new Set([...due.map(({ event }) => event.orgId), ...holds.map(({ orgId }) => orgId)])];
  const accounts = await lockAccounts(tx, orgIds, [
    platformAccounts.revenue,
    platformAccounts.platformLoss,
    platformAccounts.payableDisputed,
    platformAccounts.cogs,
    platformAccounts.payableProvider,
  ]);
  await bookCosts(tx, settled);
  await returnHolds(tx, holds, accounts);
  await drawForCharges(tx, due, accounts);
  const posted = allotInOrder(due, accounts, holds);
  const lineIds = createOrderedIds(posted.length);
  await postTransfers(
    tx,
    posted.flatMap((entry, index) => toTransfers(entry, accounts, lineIds[index] ?? '')),
  );
  await writeStatement(
    tx,
    posted.map(({ charge, allotment, payerId }, index) => ({
      id: lineIds[index] ?? '',
      orgId: charge.event.orgId,
      payerId,
      type: 'charge',
      amountNanoUsd: -charge.amountNanoUsd,
      requestId: charge.event.requestId,
      description:
        describeCharge(charge.event) + (allotment.fromPlatformLoss > 0n ? ' (part of it not collected)' : ''),
    })),
  );
  return posted;
}

/** Divides charges one after the other: each finds what those before it have left. */
function allotInOrder(
  due: readonly UsageCharge[],
  accounts: ReadonlyMap<string, OrganizationAccounts>,
  holds: readonly RequestHold[],
): PostedCharge[] {
  const heldFor = new Map(holds.map(({ requestId, amountNanoUsd }) => [requestId, amountNanoUsd]));
  const leasedLeft = new Map<string, bigint>();
  const availableLeft = new Map<Purse, bigint>();
  return due.map((charge) => {
    const { orgId, requestId } = charge.event;
    const account = accounts.get(orgId);
    // Without accounts there was no hold: the platform bears it, and no account is opened for an id that may be invented.
    if (account === undefined) {
      const { allotment } = allotCharge({ leased: 0n, available: 0n }, charge.amountNanoUsd);
      return { charge, allotment, payerId: null };
    }
    const { purse } = account;
    const credit = {
      leased: leasedLeft.get(orgId) ?? account.leased,
      available: availableLeft.get(purse) ?? purse.available,
    };
    const { allotment, left } = allotCharge(credit, charge.amountNanoUsd, heldFor.get(requestId));
    leasedLeft.set(orgId, left.leased);
    availableLeft.set(purse, left.available);
    return { charge, allotment, payerId: payerOf(account) };
  });
}

function toTransfers(
  { charge, allotment }: PostedCharge,
  accounts: ReadonlyMap<string, OrganizationAccounts>,
  reference: string,
): NewTransfer[] {
  const { orgId, requestId } = charge.event;
  const account = accounts.get(orgId);
  const shares = [
    { debitAccount: account?.leasedId ?? '', amountNanoUsd: allotment.fromLeased, reason: 'charge' },
    { debitAccount: account?.purse.availableId ?? '', amountNanoUsd: allotment.fromAvailable, reason: 'charge' },
    {
      debitAccount: platformAccounts.platformLoss,
      amountNanoUsd: allotment.fromPlatformLoss,
      reason: 'charge_overrun',
    },
  ] as const;
  const description = describeCharge(charge.event);
  return shares
    .filter(({ amountNanoUsd }) => amountNanoUsd > 0n)
    .map((share) => ({ ...share, creditAccount: platformAccounts.revenue, description, requestId, reference }));
}
