import { z } from 'zod';
import type { Database, Transaction } from '../database/create-database.ts';
import { foldUsage, type RollupDelta } from './fold-usage.ts';
import type { CountableUsage } from './parse-usage.ts';

export interface AddedUsage {
  /** How many events are new and counted now. */
  added: number;
  /** Those whose id is taken by an event with another body; they are not counted. */
  conflicts: readonly CountableUsage[];
}

const eventIdRows = z.array(z.object({ eventId: z.string() }));

/**
 * Counts each event once, in one transaction: its id goes into the inbox together with the sums, so neither a repeat nor a
 * crash can count it twice or lose it. An id that was there before is a duplicate and changes nothing.
 * Throws what the database throws; then nothing was counted, or all of it was and the next try finds duplicates.
 */
export async function addUsage(database: Database, batch: readonly CountableUsage[]): Promise<AddedUsage> {
  const { first, conflicts: conflictsInBatch } = takeFirst(batch);
  if (first.size === 0) return { added: 0, conflicts: [] };
  return await database.$transaction(async (tx) => {
    const fresh = await writeInbox(tx, first);
    const conflictIds = fresh.size === first.size ? new Set<string>() : await findConflicts(tx, first);
    const counted = [...first.values()].filter(({ event }) => fresh.has(event.eventId));
    if (counted.length > 0) await writeRollups(tx, foldUsage(counted.map(({ event }) => event)));
    const conflicts = batch.filter((usage) => conflictIds.has(usage.event.eventId) || conflictsInBatch.has(usage));
    return { added: counted.length, conflicts };
  });
}

/** The first event of each id, and those behind it that say something else. */
function takeFirst(batch: readonly CountableUsage[]) {
  const first = new Map<string, CountableUsage>();
  const conflicts = new Set<CountableUsage>();
  for (const usage of batch) {
    const known = first.get(usage.event.eventId);
    if (known === undefined) first.set(usage.event.eventId, usage);
    else if (known.bodyHash !== usage.bodyHash) conflicts.add(usage);
  }
  return { first, conflicts };
}

/** The ids that were not there. Waits for other writers of the same ids, in the ids' order, so that none waits in a ring. */
async function writeInbox(tx: Transaction, events: ReadonlyMap<string, CountableUsage>): Promise<Set<string>> {
  const rows = await tx.$queryRaw`
    INSERT INTO inbox (event_id, body_hash)
    SELECT event_id, decode(body_hash, 'hex')
    FROM jsonb_to_recordset(${toInboxJson(events)}::jsonb) AS given(event_id text, body_hash text)
    ORDER BY event_id
    ON CONFLICT (event_id) DO NOTHING
    RETURNING event_id AS "eventId"`;
  return new Set(eventIdRows.parse(rows).map(({ eventId }) => eventId));
}

async function findConflicts(tx: Transaction, events: ReadonlyMap<string, CountableUsage>): Promise<Set<string>> {
  const rows = await tx.$queryRaw`
    SELECT inbox.event_id AS "eventId"
    FROM jsonb_to_recordset(${toInboxJson(events)}::jsonb) AS given(event_id text, body_hash text)
    JOIN inbox ON inbox.event_id = given.event_id
    WHERE inbox.body_hash <> decode(given.body_hash, 'hex')`;
  return new Set(eventIdRows.parse(rows).map(({ eventId }) => eventId));
}

function toInboxJson(events: ReadonlyMap<string, CountableUsage>): string {
  return JSON.stringify([...events].map(([eventId, { bodyHash }]) => ({ event_id: eventId, body_hash: bodyHash })));
}

async function writeRollups(tx: Transaction, deltas: readonly RollupDelta[]): Promise<void> {
  const json = JSON.stringify(deltas, (_name, value) => (typeof value === 'bigint' ? value.toString() : value));
  await tx.$executeRaw`
    INSERT INTO usage_rollup AS sum (
      org_id, hour, provider, model, key_id, user_id,
      requests, completed, failed, input_tokens, output_tokens, amount_nano_usd, latency_ms_sum
    )
    SELECT
      "orgId", hour, provider, model, "keyId", "userId",
      requests, completed, failed, "inputTokens", "outputTokens", "amountNanoUsd", "latencyMsSum"
    FROM ROWS FROM (jsonb_to_recordset(${json}::jsonb) AS (
      "orgId" uuid, hour timestamptz, provider text, model text, "keyId" uuid, "userId" uuid,
      requests bigint, completed bigint, failed bigint, "inputTokens" bigint, "outputTokens" bigint,
      "amountNanoUsd" bigint, "latencyMsSum" bigint
    )) WITH ORDINALITY AS delta
    ORDER BY delta.ordinality
    ON CONFLICT (org_id, hour, provider, model, key_id, user_id) DO UPDATE SET
      requests = sum.requests + excluded.requests,
      completed = sum.completed + excluded.completed,
      failed = sum.failed + excluded.failed,
      input_tokens = sum.input_tokens + excluded.input_tokens,
      output_tokens = sum.output_tokens + excluded.output_tokens,
      amount_nano_usd = sum.amount_nano_usd + excluded.amount_nano_usd,
      latency_ms_sum = sum.latency_ms_sum + excluded.latency_ms_sum`;
}
