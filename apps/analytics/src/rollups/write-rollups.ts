import type { Transaction } from '../database/create-database.ts';
import type { DetailDelta, RollupDelta } from './fold-usage.ts';

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
    ON CONFLICT (org_id, hour, provider, model, key_id, user_id) DO UPDATE SET
      requests = sum.requests + excluded.requests,
      completed = sum.completed + excluded.completed,
      failed = sum.failed + excluded.failed,
      input_tokens = sum.input_tokens + excluded.input_tokens,
      output_tokens = sum.output_tokens + excluded.output_tokens,
      amount_nano_usd = sum.amount_nano_usd + excluded.amount_nano_usd,
      latency_ms_sum = sum.latency_ms_sum + excluded.latency_ms_sum`;
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
    ON CONFLICT (org_id, hour, provider, model, key_id, user_id, team_id, tags_hash) DO UPDATE SET
      requests = sum.requests + excluded.requests,
      completed = sum.completed + excluded.completed,
      failed = sum.failed + excluded.failed,
      input_tokens = sum.input_tokens + excluded.input_tokens,
      output_tokens = sum.output_tokens + excluded.output_tokens,
      amount_nano_usd = sum.amount_nano_usd + excluded.amount_nano_usd,
      latency_ms_sum = sum.latency_ms_sum + excluded.latency_ms_sum`;
}

function toJson(deltas: readonly RollupDelta[]): string {
  return JSON.stringify(deltas, (_name, value) => (typeof value === 'bigint' ? value.toString() : value));
}
