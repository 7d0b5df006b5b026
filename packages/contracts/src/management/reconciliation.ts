import { z } from 'zod';

/**
 * What is compared. `leases` (R1): counter store and ledger. `events` (R2): events, ledger and analytics.
 * `costs` (R3): what was booked as cost and what providers report. `spools` (R4): records
 * that are missing. `ledger` (R5): balances, transfers and the audit's chain. `holds` (R6): holds past their time.
 */
export const reconciliationKinds = ['leases', 'events', 'costs', 'spools', 'ledger', 'holds'] as const;
export type ReconciliationKind = (typeof reconciliationKinds)[number];

/** A difference that a check found. While it is open, its organisation gets no invoice. */
export const reconciliationDifference = z.strictObject({
  id: z.uuid(),
  kind: z.enum(reconciliationKinds),
  /** Null: of the whole installation; no organisation gets an invoice. */
  organizationId: z.uuid().nullable(),
  subject: z.string(),
  details: z.record(z.string(), z.string()),
  state: z.enum(['open', 'judged']),
  firstSeenAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  verdict: z.enum(['explained', 'corrected']).nullable(),
  note: z.string().nullable(),
  judgedAt: z.iso.datetime().nullable(),
});
export type ReconciliationDifference = z.infer<typeof reconciliationDifference>;

/** `GET /billing/differences`, for holders of `billing:manage`: newest first. */
export const reconciliationDifferencePage = z.strictObject({
  data: z.array(reconciliationDifference),
  nextCursor: z.string().nullable(),
});
export type ReconciliationDifferencePage = z.infer<typeof reconciliationDifferencePage>;

/** `POST /billing/differences/{id}/judge`. `corrected`: an adjustment or a replay has mended it. */
export const judgeDifferenceRequest = z.strictObject({
  verdict: z.enum(['explained', 'corrected']),
  note: z.string().trim().min(1).max(500),
});
export type JudgeDifferenceRequest = z.infer<typeof judgeDifferenceRequest>;

/** One run of a check. `hash` is in the audit too, so that a report that was changed is found. */
export const reconciliationReport = z.strictObject({
  id: z.uuid(),
  kind: z.enum(reconciliationKinds),
  time: z.iso.datetime(),
  differences: z.number().int(),
  facts: z.record(z.string(), z.string()),
  hash: z.string(),
});
export type ReconciliationReport = z.infer<typeof reconciliationReport>;

/** `GET /billing/reconciliations`, for holders of `billing:manage`: newest first. */
export const reconciliationReportPage = z.strictObject({
  data: z.array(reconciliationReport),
  nextCursor: z.string().nullable(),
});
export type ReconciliationReportPage = z.infer<typeof reconciliationReportPage>;
