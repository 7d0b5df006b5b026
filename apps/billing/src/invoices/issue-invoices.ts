import { type BillingProfile, billingProfile, type LegalEntity } from '@aggregator/contracts';
import { formatNanoUsd } from '@aggregator/pricing';
import { installation } from '../audit/write-audit.ts';
import { eachApart } from '../background/each-apart.ts';
import type { Database, Transaction } from '../database/open-database.ts';
import { findRate, isTooOld, type RateAge } from '../exchange-rates/exchange-rates.ts';
import { Prisma } from '../generated/prisma/client.ts';
import { lockOrganization, platformAccounts } from '../ledger/accounts.ts';
import type { PaymentContext } from '../payments/payment-desk.ts';
import { issueDocument, lockLegalEntity } from './issue-document.ts';
import type { LedgerLine } from './line-sums.ts';
import { type Month, monthOf } from './month-bounds.ts';
import { readLedgerLines } from './read-ledger-lines.ts';
import { shareCents } from './share-cents.ts';

/** A transaction that began in the month is over by then: far above the longest one. */
const graceMs = 3_600_000;
/** Organisations that one step looks at, and documents that it issues. */
const lookedAtMax = 10_000;
const issuedMax = 200;
/** A difference stops invoices until a person has judged it; one of the installation stops all. No customer pays by costs. */
const stoppingDifference = Prisma.sql`
  SELECT FROM reconciliation_difference AS difference WHERE state = 'open' AND kind <> 'costs'`;
/** The shortest month and a day less, for zones that differ. */
const leastMonthMs = 27 * 86_400_000;

/**
 * Closes months that are over, by the clock of each organisation's time zone: an invoice of what the ledger moved, or nothing
 * if less than a cent is due. Months that were missed follow one after the other. An organisation whose month cannot be closed
 * does not delay the others. Returns how many invoices were issued.
 */
export async function issueInvoices(context: PaymentContext): Promise<number> {
  const { database, clock, events } = context;
  if ((await database.legalEntity.count()) === 0) return 0;
  const now = clock();
  await beginProgress(database);
  const candidates = await database.$queryRaw<{ orgId: string; until: Date; timeZone: string | null }[]>`
    SELECT org_id AS "orgId", until, body->>'timeZone' AS "timeZone"
    FROM invoice_progress LEFT JOIN billing_profile USING (org_id)
    WHERE until < ${new Date(now.getTime() - leastMonthMs)}::timestamptz
      AND NOT EXISTS (${stoppingDifference} AND (difference.org_id = invoice_progress.org_id OR difference.org_id IS NULL
        OR difference.org_id IN (SELECT org_id FROM paid_organization WHERE payer_id = invoice_progress.org_id)))
    ORDER BY random() LIMIT ${lookedAtMax}`;
  const due = candidates.filter(({ until, timeZone }) => isOver(monthOf(until, timeZone ?? 'UTC').to, now));
  let issued = 0;
  await eachApart(
    due.slice(0, issuedMax),
    async ({ orgId }) => {
      if (await closeMonth(context, orgId)) issued += 1;
    },
    ({ orgId }, error) => events.taskFailed('invoices', error, { orgId }),
  );
  return issued;
}

/** True if no transaction of a month that ends at `to` can follow. */
export const isOver = (to: Date, now: Date) => to.getTime() + graceMs <= now.getTime();

/** The first month of an organisation is the one in which its accounts were opened. */
async function beginProgress(database: Database): Promise<void> {
  await database.$executeRaw`
    INSERT INTO invoice_progress (org_id, until, carried)
    SELECT account.org_id, date_trunc('month', opened_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC', 0
    FROM account LEFT JOIN invoice_progress USING (org_id)
    WHERE kind = 'available' AND invoice_progress.org_id IS NULL LIMIT ${lookedAtMax}
    ON CONFLICT DO NOTHING`;
}

async function isStopped(tx: Transaction, orgId: string): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ isStopped: boolean }[]>`
    SELECT EXISTS (
      ${stoppingDifference} AND (difference.org_id = ${orgId}::uuid OR difference.org_id IS NULL
        OR difference.org_id IN (SELECT org_id FROM paid_organization WHERE payer_id = ${orgId}::uuid))
    ) AS "isStopped"`;
  return row?.isStopped ?? true;
}

/** Names of paid organisations, as their profiles have them. */
async function readNames(tx: Transaction, lines: readonly LedgerLine[]): Promise<Map<string, string>> {
  const orgIds = [...new Set(lines.flatMap(({ subject }) => subject ?? []))];
  const rows = await tx.billingProfile.findMany({ where: { orgId: { in: orgIds } } });
  return new Map(rows.map(({ orgId, body }) => [orgId, billingProfile.parse(body).name]));
}

type Closing = RateAge & Pick<PaymentContext, 'database'>;

/** What is known of a month before its lines are. */
interface Closable {
  buyer: BillingProfile;
  month: Month;
  carriedIn: bigint;
  /** Of the buyer's currency; null if there is none. */
  stored: Awaited<ReturnType<typeof findRate>>;
}

/** Null while the month is not over, a difference stops it, or its exchange rate is too old. */
async function findClosable(context: RateAge, tx: Transaction, orgId: string): Promise<Closable | null> {
  if (await isStopped(tx, orgId)) return null;
  const row = await tx.billingProfile.findUnique({ where: { orgId } });
  const buyer = billingProfile.parse(row?.body ?? { name: orgId, address: [], taxId: null, timeZone: 'UTC' });
  const progress = await tx.invoiceProgress.findUnique({ where: { orgId } });
  if (progress === null) return null;
  const { period, to } = monthOf(progress.until, buyer.timeZone);
  if (!isOver(to, context.clock())) return null;
  const stored = await findRate(tx, buyer.currency);
  if (stored !== null && isTooOld(context, stored)) return null;
  // Where the zone has changed, nothing is left out and nothing is counted twice.
  return { buyer, month: { period, from: progress.until, to }, carriedIn: progress.carried, stored };
}

/**
 * Returns true if it issued an invoice. No transaction can add lines to the month any more, so they are read before
 * anything is locked: requests of a large organisation do not wait for them.
 */
export async function closeMonth(context: Closing, orgId: string): Promise<boolean> {
  const { database } = context;
  const found = await findClosable(context, database, orgId);
  if (found === null) return false;
  const lines = await readLedgerLines(database, orgId, found.month, { by: 'invoice' });
  return database.$transaction(async (tx) => {
    const seller = await lockLegalEntity(tx);
    if (seller === null) return false;
    await lockOrganization(tx, orgId, [platformAccounts.revenue, platformAccounts.taxPayable]);
    // Again, behind the locks: a check may have found something since, another instance may have closed the month.
    const closable = await findClosable(context, tx, orgId);
    if (closable === null || !isSameTime(closable.month, found.month)) return false;
    return issueInvoice(context, tx, { orgId, seller, lines, ...closable });
  });
}

const isSameTime = (one: Month, other: Month) =>
  one.from.getTime() === other.from.getTime() && one.to.getTime() === other.to.getTime();

async function issueInvoice(
  { clock }: RateAge,
  tx: Transaction,
  facts: Closable & { orgId: string; seller: LegalEntity & { nextNumber: bigint }; lines: readonly LedgerLine[] },
): Promise<boolean> {
  const { orgId, seller, buyer, month, carriedIn, stored, lines } = facts;
  const { from } = month;
  const { currency } = buyer;
  const shared =
    lines.length === 0
      ? null
      : shareCents(
          lines.map(({ amount }) => amount),
          carriedIn,
        );
  const total = lines.reduce((sum, { amount }) => sum + amount, 0n);
  const carried = shared === null ? carriedIn + total : shared.carried;
  await tx.invoiceProgress.update({ where: { orgId }, data: { until: month.to, carried } });
  if (shared === null) return false;
  const names = await readNames(tx, lines);
  const rate = stored && { currency, microUnitsPerUsd: stored.microUnitsPerUsd.toString() };
  await issueDocument(tx, clock(), installation, seller, buyer, {
    rate,
    ...{ kind: 'invoice', organizationId: orgId, period: month.period, invoiceNumber: null },
    ...{ from: from.toISOString(), to: month.to.toISOString() },
    lines: lines.map(({ subject, description, requests, amount }, index) => ({
      ...{ description, requests, amountNanoUsd: formatNanoUsd(amount) },
      ...(subject !== null && { organization: { id: subject, name: names.get(subject) ?? subject } }),
      amountCents: (shared.cents[index] ?? 0n).toString(),
    })),
    ...{ totalNanoUsd: formatNanoUsd(total), totalCents: shared.total },
    ...{ carriedInNanoUsd: formatNanoUsd(carriedIn), carriedOutNanoUsd: formatNanoUsd(carried) },
  });
  return true;
}
