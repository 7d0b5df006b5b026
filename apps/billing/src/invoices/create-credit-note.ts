import { AppError, type CreateCreditNoteRequest, type Invoice, invoice } from '@aggregator/contracts';
import { formatNanoUsd, parseNanoUsd } from '@aggregator/pricing';
import { createUuidV7 } from '@aggregator/service-kit';
import type { Actor } from '../audit/write-audit.ts';
import type { Transaction } from '../database/open-database.ts';
import { nanoUsdPerCent } from '../exchange-rates/exchange-rates.ts';
import { lockOrganization, platformAccounts } from '../ledger/accounts.ts';
import { postTransfers } from '../ledger/post-transfers.ts';
import { writeStatement } from '../ledger/write-statement.ts';
import type { PaymentContext } from '../payments/payment-desk.ts';
import { issueDocument, lockLegalEntity } from './issue-document.ts';
import { containedTax } from './share-cents.ts';

/**
 * Lowers an invoice: `revenue → available`, its statement line and the credit note are one transaction. A refund to the card
 * is another step, of the top-up that paid.
 * @throws {AppError} `not_found`; `invalid_amount` beyond what is left of the invoice; `already_refunded`; `conflict` for a key
 *   that was used for another amount
 */
export function createCreditNote(
  { database, clock }: PaymentContext,
  invoiceId: string,
  { amountNanoUsd, reasonKey, description }: CreateCreditNoteRequest,
  actor: Actor,
): Promise<{ document: Invoice; isNew: boolean }> {
  const amount = parseNanoUsd(amountNanoUsd);
  if (amount <= 0n || amount % nanoUsdPerCent !== 0n) throw new AppError('invalid_amount', { param: 'amountNanoUsd' });
  const totalCents = amount / nanoUsdPerCent;
  return database.$transaction(async (tx) => {
    const seller = await lockLegalEntity(tx);
    const row = await tx.invoice.findUnique({ where: { id: invoiceId } });
    if (seller === null || row === null || row.kind !== 'invoice') throw new AppError('not_found');
    const before = await tx.invoice.findUnique({ where: { invoiceId_reasonKey: { invoiceId, reasonKey } } });
    if (before !== null) {
      if (before.totalCents === totalCents) return { document: invoice.parse(before.body), isNew: false };
      throw new AppError('conflict', { message: 'This reasonKey was used for another credit note.' });
    }
    const { _sum } = await tx.invoice.aggregate({ where: { invoiceId }, _sum: { totalCents: true } });
    const credited = _sum.totalCents ?? 0n;
    const left = row.totalCents - credited;
    if (left === 0n) throw new AppError('already_refunded');
    if (totalCents > left) throw new AppError('invalid_amount', { param: 'amountNanoUsd' });
    const { orgId } = row;
    const of = invoice.parse(row.body);
    const platform = [platformAccounts.revenue, platformAccounts.taxPayable];
    const { availableId } = await lockOrganization(tx, orgId, platform);
    const lineId = createUuidV7();
    const sides = { debitAccount: platformAccounts.revenue, creditAccount: availableId, amountNanoUsd: amount };
    await postTransfers(tx, [{ ...sides, reason: 'credit_note', description, reference: lineId }]);
    await writeStatement(tx, [{ id: lineId, orgId, type: 'credit_note', amountNanoUsd: amount, description }]);
    const exact = formatNanoUsd(amount);
    const taxPpm = of.tax[0]?.ppm ?? 0;
    const taxCents = await takeBackTax(tx, invoiceId, credited + totalCents, taxPpm);
    const document = await issueDocument(tx, clock(), actor, { ...seller, taxPpm }, of.buyer, {
      rate: of.converted,
      ...{ kind: 'credit_note', organizationId: orgId, period: of.period, from: of.from, to: of.to },
      ...{ invoiceNumber: of.number, invoiceId, reasonKey, totalCents, taxCents, totalNanoUsd: exact },
      lines: [{ description, requests: 0, amountNanoUsd: exact, amountCents: totalCents.toString() }],
      ...{ carriedInNanoUsd: '0', carriedOutNanoUsd: '0' },
    });
    return { document, isNew: true };
  });
}

/**
 * Returns the tax of the next credit note: that of all that is credited then, without what earlier notes took back. Together the
 * notes of a whole invoice take back its tax, and no cent more.
 */
async function takeBackTax(tx: Transaction, invoiceId: string, creditedCents: bigint, taxPpm: number): Promise<bigint> {
  const [row] = await tx.$queryRaw<{ cents: bigint }[]>`
    SELECT coalesce(sum((body->'tax'->0->>'cents')::bigint), 0)::bigint AS cents FROM invoice
    WHERE invoice_id = ${invoiceId}::uuid`;
  const tax = containedTax(creditedCents, taxPpm) - (row?.cents ?? 0n);
  return tax > 0n ? tax : 0n;
}
