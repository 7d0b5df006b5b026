import { z } from 'zod';
import type { Transaction } from '../database/create-database.ts';
import { type DetailDelta, foldMoreTags } from './fold-usage.ts';

/** So many sets of tags of an organisation have separate rows in an hour; further ones share a row. */
const tagSetsMax = 1000;

const setRows = z.array(z.object({ key: z.string() }));

/**
 * The deltas with the tags of sets above the bound folded. A set that is in `usage_tag_set` is never folded, and a set that
 * was folded stays folded in its hour: sets are only added, and writers of one organisation and hour wait for each other.
 * Call it behind the writes of `usage_rollup`, so that all writers take their locks in the same order.
 */
export async function boundTagSets(tx: Transaction, deltas: readonly DetailDelta[]): Promise<readonly DetailDelta[]> {
  const tagged = deltas.filter(({ tags }) => Object.keys(tags).length > 0);
  const sets = new Map(tagged.map((delta) => [toSetKey(delta), delta]));
  if (sets.size === 0) return deltas;
  const known = await readKnown(tx, [...sets.values()]);
  const unknown = [...sets].filter(([key]) => !known.has(key)).map(([, delta]) => delta);
  if (unknown.length === 0) return deltas;
  for (const key of await addSets(tx, unknown)) known.add(key);
  return foldMoreTags(deltas, (delta) => !sets.has(toSetKey(delta)) || known.has(toSetKey(delta)));
}

async function readKnown(tx: Transaction, sets: readonly DetailDelta[]): Promise<Set<string>> {
  const rows = await tx.$queryRaw`
    SELECT given.key FROM jsonb_to_recordset(${toSetJson(sets)}::jsonb)
        AS given(key text, org_id uuid, hour timestamptz, tags_hash text)
      JOIN usage_tag_set AS known ON known.org_id = given.org_id AND known.hour = given.hour
        AND known.tags_hash = decode(given.tags_hash, 'hex')`;
  return new Set(setRows.parse(rows).map(({ key }) => key));
}

/** Adds those for which there is room. Returns the keys of all that are there then. */
async function addSets(tx: Transaction, sets: readonly DetailDelta[]): Promise<Set<string>> {
  const hours = [...new Set(sets.map(({ orgId, start }) => `usage_tag_set ${orgId} ${start}`))].sort();
  for (const hour of hours) await tx.$queryRaw`SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(${hour}, 0))`;
  // What another writer added while this one waited takes no further room.
  const known = await readKnown(tx, sets);
  const missing = sets.filter((delta) => !known.has(toSetKey(delta)));
  await tx.$executeRaw`
    INSERT INTO usage_tag_set (org_id, hour, tags_hash)
    SELECT org_id, hour, decode(tags_hash, 'hex') FROM (
      SELECT *, row_number() OVER (PARTITION BY org_id, hour ORDER BY tags_hash) AS place
      FROM jsonb_to_recordset(${toSetJson(missing)}::jsonb) AS given(org_id uuid, hour timestamptz, tags_hash text)
    ) AS ranked
    WHERE place <= ${tagSetsMax} - (
      SELECT count(*) FROM usage_tag_set AS taken WHERE taken.org_id = ranked.org_id AND taken.hour = ranked.hour
    )`;
  return await readKnown(tx, sets);
}

function toSetKey({ orgId, start, tagsHash }: DetailDelta): string {
  return `${orgId} ${start} ${tagsHash}`;
}

function toSetJson(sets: readonly DetailDelta[]): string {
  return JSON.stringify(
    sets.map((delta) => ({
      key: toSetKey(delta),
      org_id: delta.orgId,
      hour: delta.start,
      tags_hash: delta.tagsHash,
    })),
  );
}
