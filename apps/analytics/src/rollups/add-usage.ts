import type { UsageRecorded } from '@aggregator/contracts';
import { isOpenEnd } from '@aggregator/pricing';
import { z } from 'zod';
import type { Database, Transaction } from '../database/create-database.ts';
import { foldQuality } from '../quality/fold-quality.ts';
import { writeQuality } from '../quality/write-quality.ts';
import { boundTagSets } from './bound-tag-sets.ts';
import { foldDetails, foldUsage } from './fold-usage.ts';
import type { CountableUsage } from './parse-usage.ts';
import { writeDetails, writeRollups } from './write-rollups.ts';

export interface AddedUsage {
  /** How many events are new and counted now. */
  added: number;
  /**
   * Those that the ledger refuses as well: their id is taken by an event with another body, or they would charge a request
   * that was counted. They are not counted.
   */
  conflicts: readonly CountableUsage[];
}

const eventIdRows = z.array(z.object({ eventId: z.string() }));
const bodyKeyRows = z.array(z.object({ key: z.string() }));

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
    // The first body of all counts, not the first of this batch.
    const isKnown = ({ event }: CountableUsage) => first.has(event.eventId) && !fresh.has(event.eventId);
    const known = batch.filter(isKnown);
    const refused = known.length === 0 ? new Set<string>() : await findRefused(tx, known);
    const counted = [...first.values()].filter(({ event }) => fresh.has(event.eventId));
    const events = counted.map(({ event }) => event);
    if (events.length > 0) await writeSums(tx, events);
    await writeDetails(tx, await boundTagSets(tx, foldDetails(events)));
    await writeQuality(tx, foldQuality(events));
    const conflicts = batch.filter((usage) =>
      isKnown(usage) ? refused.has(toBodyKey(usage)) : conflictsInBatch.has(usage),
    );
    return { added: counted.length, conflicts };
  });
}

async function writeSums(tx: Transaction, events: readonly UsageRecorded[]): Promise<void> {
  await lockOrganizations(tx, [...new Set(events.map(({ orgId }) => orgId.toLowerCase()))]);
  const { hour, minute } = foldUsage(events);
  await writeRollups(tx, 'hour', hour);
  await writeRollups(tx, 'minute', minute);
}

/**
 * Writers of one organisation wait for each other here: the triggers that keep days lock them first for new hours and then
 * for changed ones, so two writers could wait in a ring.
 */
async function lockOrganizations(tx: Transaction, orgIds: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    SELECT pg_advisory_xact_lock(key) FROM (
      SELECT hashtextextended('usage ' || org_id, 0) AS key FROM unnest(${orgIds}::text[]) AS org_id ORDER BY key
    ) AS ordered`;
}

/** The first event of each id and of each request that ends, and those behind them that say something else. */
function takeFirst(batch: readonly CountableUsage[]) {
  const first = new Map<string, CountableUsage>();
  const ended = new Map<string, string>();
  const conflicts = new Set<CountableUsage>();
  for (const usage of batch) {
    const { eventId } = usage.event;
    const requestId = endedRequestOf(usage);
    const known = first.get(eventId);
    if (known !== undefined) {
      if (known.bodyHash !== usage.bodyHash) conflicts.add(usage);
    } else if (requestId !== null && ended.has(requestId)) {
      if (usage.amountNanoUsd > 0n) conflicts.add(usage);
    } else {
      first.set(eventId, usage);
      if (requestId !== null) ended.set(requestId, eventId);
    }
  }
  return { first, conflicts };
}

/** The request that the event ends, as the database writes its id; null where another attempt may still be charged. */
function endedRequestOf({ event, amountNanoUsd }: CountableUsage): string | null {
  return isOpenEnd({ amountNanoUsd, outcome: event.outcome }) ? null : event.requestId.toLowerCase();
}

/** The ids that were not there. Waits for other writers of the same ids, in the ids' order, so that none waits in a ring. */
async function writeInbox(tx: Transaction, events: ReadonlyMap<string, CountableUsage>): Promise<Set<string>> {
  const rows = await tx.$queryRaw`
    INSERT INTO inbox (event_id, body_hash, request_id, amount_nano_usd)
    SELECT event_id, decode(body_hash, 'hex'), request_id, CASE WHEN estimated THEN amount END
    FROM jsonb_to_recordset(${toInboxJson([...events.values()])}::jsonb)
      AS given(event_id text, body_hash text, request_id uuid, amount bigint, estimated boolean)
    ORDER BY event_id
    ON CONFLICT DO NOTHING
    RETURNING event_id AS "eventId"`;
  return new Set(eventIdRows.parse(rows).map(({ eventId }) => eventId));
}

/** Which of the events that could not be written are no mere repeats, as keys of `toBodyKey`. */
async function findRefused(tx: Transaction, events: readonly CountableUsage[]): Promise<Set<string>> {
  const rows = await tx.$queryRaw`
    SELECT given.event_id || ' ' || given.body_hash AS key
    FROM jsonb_to_recordset(${toInboxJson(events)}::jsonb) AS given(event_id text, body_hash text, amount numeric)
      LEFT JOIN inbox ON inbox.event_id = given.event_id
    WHERE inbox.body_hash <> decode(given.body_hash, 'hex') OR (inbox.event_id IS NULL AND given.amount > 0)`;
  return new Set(bodyKeyRows.parse(rows).map(({ key }) => key));
}

function toBodyKey({ event, bodyHash }: CountableUsage): string {
  return `${event.eventId} ${bodyHash}`;
}

function toInboxJson(events: readonly CountableUsage[]): string {
  return JSON.stringify(
    events.map((usage) => ({
      event_id: usage.event.eventId,
      body_hash: usage.bodyHash,
      request_id: endedRequestOf(usage),
      amount: usage.amountNanoUsd.toString(),
      estimated: usage.event.estimated,
    })),
  );
}
