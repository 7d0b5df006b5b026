import { z } from 'zod';
import { noticeLanguage } from '../internal/billing-notice.ts';
import { nanoUsdString } from '../money.ts';
import { paymentCurrency } from './exchange-rates.ts';

/** Bodies of `/billing/profile`, `/billing/legal-entity` and `/billing/invoices`. docs/invoices.md explains them. */

const line = z.string().trim().min(1).max(200);
const timeZone = z
  .string()
  .max(64)
  .refine((name) => {
    try {
      return new Intl.DateTimeFormat('en', { timeZone: name }) !== null;
    } catch {
      return false;
    }
  }, 'must be a time zone of the IANA database, as Europe/Berlin');

/** Who pays: printed on invoices from the next one on. */
export const billingProfile = z.strictObject({
  name: line,
  address: z.array(line).max(6),
  taxId: z.string().trim().max(50).nullable(),
  /** A month of invoices ends by its clock. */
  timeZone,
  /** Of mails about money. */
  language: noticeLanguage.default('en'),
  /** In which invoices also state their sums, by the exchange rate of their day. */
  currency: paymentCurrency.default('USD'),
});
export type BillingProfile = z.infer<typeof billingProfile>;
export const billingProfileAnswer = z.strictObject({ profile: billingProfile.nullable() });

/** Who sells. Without it no invoice is issued. */
export const legalEntity = z.strictObject({
  name: line,
  address: z.array(line).max(6),
  taxId: z.string().trim().max(50).nullable(),
  /** Before the number of each document: `INV-` makes `INV-000001`. */
  numberPrefix: z.string().regex(/^[A-Z0-9-]{0,20}$/),
  taxName: z.string().trim().min(1).max(50),
  /** Tax that amounts contain, in millionths of the net amount: 190000 is 19 %. */
  taxPpm: z.number().int().min(0).max(1_000_000),
});
export type LegalEntity = z.infer<typeof legalEntity>;
export const legalEntityAnswer = z.strictObject({ legalEntity: legalEntity.nullable() });

const cents = z.string().regex(/^-?\d{1,15}$/);

/** An invoice or a credit note as it was issued; it never changes. Amounts are positive in both. */
export const invoice = z.strictObject({
  id: z.uuid(),
  kind: z.enum(['invoice', 'credit_note']),
  /** Without gaps. */
  number: z.string(),
  organizationId: z.uuid(),
  issuedAt: z.iso.datetime(),
  /** `2026-11`, by the time zone of the profile. */
  period: z.string(),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** Number of the invoice that a credit note lowers. */
  invoiceNumber: z.string().nullable(),
  currency: z.literal('USD'),
  seller: legalEntity.pick({ name: true, address: true, taxId: true }),
  buyer: billingProfile.pick({ name: true, address: true, taxId: true }),
  lines: z.array(
    z.strictObject({
      description: z.string(),
      requests: z.number().int(),
      /** The organization that used it, if another one pays; absent if that is the same. */
      organization: z.strictObject({ id: z.uuid(), name: z.string() }).optional(),
      /** What the ledger has. */
      amountNanoUsd: nanoUsdString,
      amountCents: cents,
    }),
  ),
  /** Of the lines, to the nano. */
  totalNanoUsd: nanoUsdString,
  /** Less than a cent, from the month before and for the next one. */
  carriedInNanoUsd: nanoUsdString,
  carriedOutNanoUsd: nanoUsdString,
  netCents: cents,
  tax: z.array(z.strictObject({ name: z.string(), ppm: z.number().int(), cents })),
  totalCents: cents,
  /**
   * The same in the currency of the buyer, by a stored rate; null if it is USD or had no rate. Smallest units, rounded
   * half up.
   */
  converted: z
    .strictObject({
      currency: paymentCurrency,
      microUnitsPerUsd: z.string(),
      taxMinorUnits: cents,
      totalMinorUnits: cents,
    })
    .nullable()
    .default(null),
});
export type Invoice = z.infer<typeof invoice>;

export const invoicePage = z.strictObject({
  data: z.array(
    invoice.pick({
      id: true,
      kind: true,
      number: true,
      issuedAt: true,
      period: true,
      totalCents: true,
      currency: true,
    }),
  ),
  nextCursor: z.string().nullable(),
});
export type InvoicePage = z.infer<typeof invoicePage>;

/**
 * `POST /billing/invoices/{id}/credit-notes`, for holders of `billing:manage`: gives charged money back to the balance.
 */
export const createCreditNoteRequest = z.strictObject({
  /** A whole number of cents. All credit notes of an invoice together never exceed it. */
  amountNanoUsd: nanoUsdString,
  /** Once for each invoice. */
  reasonKey: z.string().min(1).max(100),
  description: z.string().trim().min(1).max(200),
});
export type CreateCreditNoteRequest = z.infer<typeof createCreditNoteRequest>;
