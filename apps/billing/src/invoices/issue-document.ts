import { type BillingProfile, type Invoice, invoice, type LegalEntity, legalEntity } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import { type Actor, writeAudit } from '../audit/write-audit.ts';
import { type Transaction, toJsonRows } from '../database/open-database.ts';
import { convertCents, nanoUsdPerCent } from '../exchange-rates/exchange-rates.ts';
import { platformAccounts } from '../ledger/accounts.ts';
import { postTransfers } from '../ledger/post-transfers.ts';
import { writeNotice } from '../notices/write-notice.ts';
import { containedTax } from './share-cents.ts';

type Fields = Pick<
  Invoice,
  'kind' | 'organizationId' | 'period' | 'from' | 'to' | 'invoiceNumber' | 'lines' | 'totalNanoUsd'
> &
  Pick<Invoice, 'carriedInNanoUsd' | 'carriedOutNanoUsd'>;

/** Of the currency in which a document also states its sums. */
export type Rate = Pick<NonNullable<Invoice['converted']>, 'currency' | 'microUnitsPerUsd'>;

function toConverted(rate: Rate, totalCents: bigint, tax: bigint): Invoice['converted'] {
  const convert = (cents: bigint) => convertCents(cents, BigInt(rate.microUnitsPerUsd)).toString();
  return { ...rate, taxMinorUnits: convert(tax), totalMinorUnits: convert(totalCents) };
}

/** Locks who sells, so that numbers are given one after the other; null if the operator has not said it yet. */
export async function lockLegalEntity(tx: Transaction): Promise<(LegalEntity & { nextNumber: bigint }) | null> {
  const [row] = await tx.$queryRaw<{ body: unknown; nextNumber: bigint }[]>`
    SELECT body, next_number AS "nextNumber" FROM legal_entity WHERE id = 1 FOR UPDATE`;
  return row === undefined ? null : { ...legalEntity.parse(row.body), nextNumber: row.nextNumber };
}

/**
 * Issues an invoice or a credit note in the caller's transaction: its number, its tax in the ledger (`revenue → tax_payable`,
 * or back) and the document itself are committed together, so that numbers have no gaps. The accounts `revenue` and
 * `tax_payable` must be locked. The tax is that of the total, if `taxCents` does not say it.
 */
export async function issueDocument(
  tx: Transaction,
  now: Date,
  actor: Actor,
  seller: LegalEntity & { nextNumber: bigint },
  buyer: Pick<BillingProfile, 'name' | 'address' | 'taxId'>,
  fields: Fields & { totalCents: bigint; taxCents?: bigint; invoiceId?: string; reasonKey?: string; rate: Rate | null },
): Promise<Invoice> {
  const { totalCents, taxCents, invoiceId = null, reasonKey = null, rate, ...rest } = fields;
  const id = createUuidV7(now.getTime());
  const tax = taxCents ?? containedTax(totalCents, seller.taxPpm);
  const document: Invoice = invoice.parse({
    ...{ ...rest, id, issuedAt: now.toISOString(), currency: 'USD' },
    number: `${seller.numberPrefix}${seller.nextNumber.toString().padStart(6, '0')}`,
    seller: { name: seller.name, address: seller.address, taxId: seller.taxId },
    buyer: { name: buyer.name, address: buyer.address, taxId: buyer.taxId },
    ...{ totalCents: totalCents.toString(), netCents: (totalCents - tax).toString() },
    converted: rate === null ? null : toConverted(rate, totalCents, tax),
    tax: tax === 0n ? [] : [{ name: seller.taxName, ppm: seller.taxPpm, cents: tax.toString() }],
  });
  if (tax > 0n) {
    const { revenue, taxPayable } = platformAccounts;
    const isInvoice = document.kind === 'invoice';
    const description = `Tax of ${document.number}`;
    await postTransfers(tx, [
      {
        ...{ debitAccount: isInvoice ? revenue : taxPayable, creditAccount: isInvoice ? taxPayable : revenue },
        ...{ amountNanoUsd: tax * nanoUsdPerCent, reason: 'tax', description, reference: id },
      },
    ]);
  }
  const row = { id, invoiceId, reasonKey, body: document };
  await tx.$executeRaw`
    INSERT INTO invoice (id, kind, number, org_id, period, invoice_id, reason_key, total_cents, body, issued_at)
    SELECT id, ${document.kind}, ${document.number}, ${document.organizationId}::uuid, ${document.period},
      "invoiceId", "reasonKey", ${totalCents}, body, ${now}::timestamptz
    FROM json_to_recordset(${toJsonRows([row])}::json) AS row (id uuid, "invoiceId" uuid, "reasonKey" text, body jsonb)`;
  await tx.$executeRaw`UPDATE legal_entity SET next_number = next_number + 1 WHERE id = 1`;
  const { kind, number, period, organizationId: orgId } = document;
  const totalNanoUsd = (totalCents * nanoUsdPerCent).toString();
  await writeNotice(tx, now, {
    orgId,
    type: 'invoice.issued',
    data: { invoiceId: id, kind, number, period, totalNanoUsd },
  });
  await writeAudit(tx, now, actor, {
    ...{ organizationId: document.organizationId, action: `${document.kind}_issued` },
    ...{ subjectType: 'invoice', subjectId: id },
    details: { number: document.number, totalCents: document.totalCents },
  });
  return document;
}
