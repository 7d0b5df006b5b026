import { z } from 'zod';
import type { Transaction } from '../database/create-database.ts';
import { type QualityRow, toStored } from './fold-quality.ts';
import { Sketch } from './sketch.ts';

const counts = z.record(z.string(), z.number());
const storedRow = z.object({ place: z.number(), errors: counts, latency: counts, firstToken: counts });

/**
 * Adds to the rows of `usage_quality`, in the order of the rows. Makes missing rows first, and locks all of them: what is
 * merged here cannot be merged by another writer meanwhile.
 */
export async function writeQuality(tx: Transaction, rows: readonly QualityRow[]): Promise<void> {
  if (rows.length === 0) return;
  const keys = JSON.stringify(
    rows.map(({ orgId, step, start, provider, model }, place) => ({ place, orgId, step, start, provider, model })),
  );
  await tx.$executeRaw`
    INSERT INTO usage_quality (org_id, step, start, provider, model)
    SELECT "orgId", step, start, provider, model FROM jsonb_to_recordset(${keys}::jsonb)
      AS given(place int, "orgId" uuid, step text, start timestamptz, provider text, model text)
    ORDER BY place ON CONFLICT DO NOTHING`;
  const stored = await tx.$queryRaw`
    SELECT place, errors, latency, first_token AS "firstToken" FROM usage_quality AS own
      JOIN jsonb_to_recordset(${keys}::jsonb)
        AS given(place int, "orgId" uuid, step text, start timestamptz, provider text, model text)
      ON own.org_id = given."orgId" AND own.step = given.step AND own.start = given.start
        AND own.provider = given.provider AND own.model = given.model
    ORDER BY place FOR UPDATE OF own`;
  const merged = z
    .array(storedRow)
    .parse(stored)
    .flatMap((before) => toMerged(rows[before.place], before));
  await tx.$executeRaw`
    UPDATE usage_quality AS own SET
      requests = own.requests + given.requests, completed = own.completed + given.completed,
      failed = own.failed + given.failed, aborted = own.aborted + given.aborted,
      cache_hits = own.cache_hits + given."cacheHits",
      cache_saved_nano_usd = own.cache_saved_nano_usd + given."cacheSavedNanoUsd",
      errors = given.errors, latency = given.latency, first_token = given."firstToken"
    FROM jsonb_to_recordset(${JSON.stringify(merged)}::jsonb) AS given(
      "orgId" uuid, step text, start timestamptz, provider text, model text, requests bigint, completed bigint,
      failed bigint, aborted bigint, "cacheHits" bigint, "cacheSavedNanoUsd" bigint,
      errors jsonb, latency jsonb, "firstToken" jsonb
    )
    WHERE own.org_id = given."orgId" AND own.step = given.step AND own.start = given.start
      AND own.provider = given.provider AND own.model = given.model`;
}

/** The row as it is sent to the database: what is merged here with what was stored, and what is added there. */
function toMerged(row: QualityRow | undefined, before: z.infer<typeof storedRow>): object[] {
  if (row === undefined) return [];
  const latency = new Sketch(before.latency);
  latency.merge(row.latency);
  const firstToken = new Sketch(before.firstToken);
  firstToken.merge(row.firstToken);
  const errors = { ...before.errors };
  for (const [code, count] of Object.entries(row.errors)) errors[code] = (errors[code] ?? 0) + count;
  const merged = toStored({ ...row, errors, latency, firstToken });
  return [{ ...row, ...merged, cacheSavedNanoUsd: row.cacheSavedNanoUsd.toString() }];
}
