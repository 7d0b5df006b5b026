import { type UsageCorrected, usageCorrected } from '@aggregator/contracts';
import type { Database, Transaction } from '../database/create-database.ts';
import { foldedTags, hasDetail, type RollupDelta, toCorrectionDelta, toDetail, toHour } from './fold-usage.ts';
import type { CountableCorrection } from './parse-usage.ts';
import { changeRollup } from './write-rollups.ts';

export interface RefusedCorrection {
  correction: CountableCorrection;
  reason: string;
}

/** So many corrections that came before their settlement are added behind one batch. */
const waitingMax = 100;

/**
 * Adds what corrections change to the hour and the dimensions of their settlements, each once, and then those that waited
 * for a settlement that is counted now. Returns those that can never be added, by the rules of the ledger.
 * Throws what the database throws; then the same records may come again.
 */
export async function addCorrections(
  database: Database,
  corrections: readonly CountableCorrection[],
): Promise<RefusedCorrection[]> {
  const refused: RefusedCorrection[] = [];
  for (const correction of [...corrections, ...(await readWaiting(database))]) {
    const reason = await database.$transaction((tx) => addCorrection(tx, correction));
    if (reason !== null) refused.push({ correction, reason });
  }
  return refused;
}

/** Returns why the correction can never be added; null if it is added, was added before, or waits. */
async function addCorrection(tx: Transaction, given: CountableCorrection): Promise<string | null> {
  const { correction, bodyHash } = given;
  const requestId = correction.requestId.toLowerCase();
  await tx.$executeRaw`
    INSERT INTO usage_correction (request_id, body_hash, body, state)
    VALUES (${requestId}::uuid, decode(${bodyHash}, 'hex'), ${JSON.stringify(correction)}::jsonb, 'waiting')
    ON CONFLICT (request_id) DO NOTHING`;
  const [row] = await tx.$queryRaw<{ state: string; isSame: boolean }[]>`
    SELECT state, body_hash = decode(${bodyHash}, 'hex') AS "isSame" FROM usage_correction
    WHERE request_id = ${requestId}::uuid FOR UPDATE`;
  if (row?.isSame !== true) return 'another correction of this request came before';
  if (row.state === 'added') return null;
  if (row.state === 'refused') return 'settlement_mismatch';
  const [settled] = await tx.$queryRaw<{ isSame: boolean | null }[]>`
    SELECT amount_nano_usd = ${correction.settled.amountNanoUsd}::bigint AS "isSame" FROM inbox
    WHERE request_id = ${requestId}::uuid`;
  if (settled === undefined) return null;
  const isAdded = settled.isSame === true && (await addDifference(tx, given));
  const state = isAdded ? 'added' : 'refused';
  await tx.$executeRaw`UPDATE usage_correction SET state = ${state} WHERE request_id = ${requestId}::uuid`;
  return isAdded ? null : 'settlement_mismatch';
}

/** False if no row of these dimensions can have the settlement in it. */
async function addDifference(tx: Transaction, { correction }: CountableCorrection): Promise<boolean> {
  const delta = toCorrectionDelta(correction);
  if ((await changeRollup(tx, 'hour', toHour(delta))) !== 1) return false;
  // A minute that is missing was deleted, or is of a version that wrote none.
  await changeRollup(tx, 'minute', delta);
  return !hasDetail(correction) || (await changeDetail(tx, correction, toHour(delta)));
}

async function changeDetail(tx: Transaction, correction: UsageCorrected, delta: RollupDelta): Promise<boolean> {
  const { orgId, start: hour, provider, model, keyId, userId, inputTokens, outputTokens, amountNanoUsd } = delta;
  const { teamId, tagsHash } = toDetail(correction);
  // Tags that were folded have no row of their own in this hour.
  const details = await tx.$executeRaw`
    UPDATE usage_detail SET input_tokens = input_tokens + ${inputTokens}::bigint,
      output_tokens = output_tokens + ${outputTokens}::bigint,
      amount_nano_usd = amount_nano_usd + ${amountNanoUsd}::bigint
    WHERE org_id = ${orgId}::uuid AND hour = ${hour}::timestamptz AND provider = ${provider} AND model = ${model}
      AND key_id = ${keyId}::uuid AND user_id = ${userId}::uuid
      AND team_id = ${teamId}::uuid AND tags_hash = (
        SELECT own.tags_hash FROM usage_detail AS own
        WHERE own.org_id = ${orgId}::uuid AND own.hour = ${hour}::timestamptz AND own.provider = ${provider}
          AND own.model = ${model} AND own.key_id = ${keyId}::uuid AND own.user_id = ${userId}::uuid
          AND own.team_id = ${teamId}::uuid
          AND own.tags_hash IN (decode(${tagsHash}, 'hex'), decode(${foldedTags.tagsHash}, 'hex'))
        ORDER BY own.tags_hash = decode(${tagsHash}, 'hex') DESC LIMIT 1)`;
  // The ledger has taken the correction. A detail that is missing is of a version that wrote none.
  return details <= 1;
}

async function readWaiting(database: Database): Promise<CountableCorrection[]> {
  const rows = await database.$queryRaw<{ body: unknown; bodyHash: string }[]>`
    SELECT body, encode(correction.body_hash, 'hex') AS "bodyHash"
    FROM usage_correction AS correction JOIN inbox USING (request_id)
    WHERE state = 'waiting' ORDER BY request_id LIMIT ${waitingMax}`;
  return rows.map(({ body, bodyHash }) => ({ correction: usageCorrected.parse(body), bodyHash }));
}
