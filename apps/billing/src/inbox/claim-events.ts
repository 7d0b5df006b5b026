import type { UsageCharge } from '../charges/usage-charge.ts';
import { type Transaction, toJsonRows } from '../database/open-database.ts';

export interface Claim {
  /** Seen for the first time, in the order given. */
  fresh: UsageCharge[];
  /** Seen before with the same body: nothing is left to do. */
  duplicates: UsageCharge[];
  /** Must not be posted. */
  refused: { charge: UsageCharge; reason: 'event_id_reused' | 'request_already_settled' }[];
}

/**
 * Takes event ids for this transaction: an id is marked in the same commit that posts its money, never before, so a crash
 * in between leaves it untaken. The same id with another body is refused.
 */
export async function claimEvents(tx: Transaction, charges: readonly UsageCharge[]): Promise<Claim> {
  const claim: Claim = { fresh: [], duplicates: [], refused: [] };
  const firsts = new Map<string, UsageCharge>();
  for (const charge of charges) {
    const first = firsts.get(charge.event.eventId);
    if (first === undefined) firsts.set(charge.event.eventId, charge);
    else if (first.bodyHash === charge.bodyHash) claim.duplicates.push(charge);
    else claim.refused.push({ charge, reason: 'event_id_reused' });
  }
  const rows = [...firsts.values()].map(({ event, bodyHash }) => ({ eventId: event.eventId, bodyHash }));
  // In one order for everybody: two transactions that claim the same ids must not wait for one another in a circle.
  const taken = await tx.$queryRaw<{ eventId: string }[]>`
    INSERT INTO inbox (event_id, body_hash, outcome)
    SELECT "eventId", decode("bodyHash", 'hex'), 'settled'
    FROM json_to_recordset(${toJsonRows(rows)}::json) AS row ("eventId" text, "bodyHash" text)
    ORDER BY "eventId"
    ON CONFLICT (event_id) DO NOTHING
    RETURNING event_id AS "eventId"`;
  const takenIds = new Set(taken.map(({ eventId }) => eventId));
  claim.fresh = [...firsts.values()].filter(({ event }) => takenIds.has(event.eventId));
  const known = [...firsts.values()].filter(({ event }) => !takenIds.has(event.eventId));
  if (known.length > 0) await compareKnown(tx, known, claim);
  return claim;
}

async function compareKnown(tx: Transaction, known: readonly UsageCharge[], claim: Claim): Promise<void> {
  const rows = await tx.$queryRaw<{ eventId: string; bodyHash: string; outcome: string }[]>`
    SELECT event_id AS "eventId", encode(body_hash, 'hex') AS "bodyHash", outcome FROM inbox
    WHERE event_id = ANY (${known.map(({ event }) => event.eventId)}::text[])`;
  const seen = new Map(rows.map((row) => [row.eventId, row]));
  for (const charge of known) {
    const before = seen.get(charge.event.eventId);
    if (before?.bodyHash !== charge.bodyHash) claim.refused.push({ charge, reason: 'event_id_reused' });
    // Refused again, in case its dead letter was lost in a crash.
    else if (before.outcome === 'quarantined') claim.refused.push({ charge, reason: 'request_already_settled' });
    else claim.duplicates.push(charge);
  }
}

/** Marks claimed events that turned out to charge a settled request. */
export async function markQuarantined(tx: Transaction, charges: readonly UsageCharge[]): Promise<void> {
  if (charges.length === 0) return;
  await tx.$executeRaw`
    UPDATE inbox SET outcome = 'quarantined' WHERE event_id = ANY (${charges.map(({ event }) => event.eventId)}::text[])`;
}
