import type { UsageCharge } from '../charges/usage-charge.ts';
import { type IdsRow, type Transaction, toIds, toJsonRows } from '../database/open-database.ts';

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
  const firsts = new Map<string, UsageCharge>();
  for (const charge of charges) if (!firsts.has(charge.event.eventId)) firsts.set(charge.event.eventId, charge);
  const rows = [...firsts.values()].map(({ event, bodyHash }) => ({ eventId: event.eventId, bodyHash }));
  // In one order for every transaction: two that claim the same ids must not wait for one another in a circle.
  const takenIds = toIds(
    await tx.$queryRaw<IdsRow[]>`
      WITH taken AS (
        INSERT INTO inbox (event_id, body_hash, outcome)
        SELECT "eventId", decode("bodyHash", 'hex'), 'settled'
        FROM json_to_recordset(${toJsonRows(rows)}::json) AS row ("eventId" text, "bodyHash" text)
        ORDER BY "eventId"
        ON CONFLICT (event_id) DO NOTHING
        RETURNING event_id
      ) SELECT json_agg(event_id)::text AS ids FROM taken`,
  );
  const known = await readKnown(
    tx,
    [...firsts.keys()].filter((eventId) => !takenIds.has(eventId)),
  );
  const claim: Claim = { fresh: [], duplicates: [], refused: [] };
  for (const charge of charges) {
    const { eventId } = charge.event;
    const first = firsts.get(eventId);
    // The first body of all counts, not the first of this batch.
    const before = known.get(eventId) ?? { bodyHash: first?.bodyHash, outcome: 'settled' };
    if (charge === first && takenIds.has(eventId)) claim.fresh.push(charge);
    else if (before.bodyHash !== charge.bodyHash) claim.refused.push({ charge, reason: 'event_id_reused' });
    // Refused again, in case its dead letter was lost in a crash.
    else if (before.outcome === 'quarantined') claim.refused.push({ charge, reason: 'request_already_settled' });
    else claim.duplicates.push(charge);
  }
  return claim;
}

/** Events that were claimed before, by their id. */
async function readKnown(tx: Transaction, eventIds: readonly string[]) {
  if (eventIds.length === 0) return new Map<string, { bodyHash: string; outcome: string }>();
  const rows = await tx.$queryRaw<{ eventId: string; bodyHash: string; outcome: string }[]>`
    SELECT event_id AS "eventId", encode(body_hash, 'hex') AS "bodyHash", outcome FROM inbox
    WHERE event_id = ANY (${eventIds}::text[])`;
  return new Map(rows.map((row) => [row.eventId, row]));
}

/** Marks claimed events that turned out to charge a settled request. */
export async function markQuarantined(tx: Transaction, charges: readonly UsageCharge[]): Promise<void> {
  if (charges.length === 0) return;
  await tx.$executeRaw`
    UPDATE inbox SET outcome = 'quarantined' WHERE event_id = ANY (${charges.map(({ event }) => event.eventId)}::text[])`;
}
