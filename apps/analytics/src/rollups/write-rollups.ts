import type { Transaction } from '../database/create-database.ts';
import { Prisma } from '../generated/prisma/client.ts';
import type { DetailDelta, RollupDelta } from './fold-usage.ts';

const counters = [
  'requests',
  'completed',
  'failed',
  'input_tokens',
  'output_tokens',
  'amount_nano_usd',
  'latency_ms_sum',
];
/** Adds the counters of a delta to those of its row. */
const added = Prisma.raw(counters.map((name) => `${name} = sum.${name} + excluded.${name}`).join(', '));

/** Adds to the rows of `usage_rollup`, in the order of the deltas. */
export async function writeRollups(tx: Transaction, deltas: readonly RollupDelta[]): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO usage_rollup AS sum (
      org_id, hour, provider, model, key_id, user_id,
      requests, completed, failed, input_tokens, output_tokens, amount_nano_usd, latency_ms_sum
    )
    SELECT
      "orgId", hour, provider, model, "keyId", "userId",
      requests, completed, failed, "inputTokens", "outputTokens", "amountNanoUsd", "latencyMsSum"
    FROM ROWS FROM (jsonb_to_recordset(${toJson(deltas)}::jsonb) AS (
      "orgId" uuid, hour timestamptz, provider text, model text, "keyId" uuid, "userId" uuid,
      requests bigint, completed bigint, failed bigint, "inputTokens" bigint, "outputTokens" bigint,
      "amountNanoUsd" bigint, "latencyMsSum" bigint
    )) WITH ORDINALITY AS delta
    ORDER BY delta.ordinality
    ON CONFLICT (org_id, hour, provider, model, key_id, user_id) DO UPDATE SET ${added}`;
}

/** Adds to the rows of `usage_detail`, in the order of the deltas. */
export async function writeDetails(tx: Transaction, deltas: readonly DetailDelta[]): Promise<void> {
  if (deltas.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO usage_detail AS sum (
      org_id, hour, provider, model, key_id, user_id, team_id, tags_hash, tags,
      requests, completed, failed, input_tokens, output_tokens, amount_nano_usd, latency_ms_sum
    )
    SELECT
      "orgId", hour, provider, model, "keyId", "userId", "teamId", decode("tagsHash", 'hex'), tags,
      requests, completed, failed, "inputTokens", "outputTokens", "amountNanoUsd", "latencyMsSum"
    FROM ROWS FROM (jsonb_to_recordset(${toJson(deltas)}::jsonb) AS (
      "orgId" uuid, hour timestamptz, provider text, model text, "keyId" uuid, "userId" uuid, "teamId" uuid,
      "tagsHash" text, tags jsonb, requests bigint, completed bigint, failed bigint, "inputTokens" bigint,
      "outputTokens" bigint, "amountNanoUsd" bigint, "latencyMsSum" bigint
    )) WITH ORDINALITY AS delta
    ORDER BY delta.ordinality
    ON CONFLICT (org_id, hour, provider, model, key_id, user_id, team_id, tags_hash) DO UPDATE SET ${added}`;
}

function toJson(deltas: readonly RollupDelta[]): string {
  return JSON.stringify(deltas, (_name, value) => (typeof value === 'bigint' ? value.toString() : value));
}
