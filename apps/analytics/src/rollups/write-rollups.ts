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

/** Tables by the length of their rows, with the column of the start. Triggers of `usage_rollup` write the days. */
const tables = {
  minute: { table: Prisma.sql`usage_minute`, start: Prisma.sql`minute` },
  hour: { table: Prisma.sql`usage_rollup`, start: Prisma.sql`hour` },
};

/** Adds to the rows of minutes or hours, in the order of the deltas. */
export async function writeRollups(
  tx: Transaction,
  step: keyof typeof tables,
  deltas: readonly RollupDelta[],
): Promise<void> {
  const { table, start } = tables[step];
  await tx.$executeRaw`
    INSERT INTO ${table} AS sum (
      org_id, ${start}, provider, model, key_id, user_id,
      requests, completed, failed, input_tokens, output_tokens, amount_nano_usd, latency_ms_sum
    )
    SELECT
      "orgId", start, provider, model, "keyId", "userId",
      requests, completed, failed, "inputTokens", "outputTokens", "amountNanoUsd", "latencyMsSum"
    FROM ROWS FROM (jsonb_to_recordset(${toJson(deltas)}::jsonb) AS (
      "orgId" uuid, start timestamptz, provider text, model text, "keyId" uuid, "userId" uuid,
      requests bigint, completed bigint, failed bigint, "inputTokens" bigint, "outputTokens" bigint,
      "amountNanoUsd" bigint, "latencyMsSum" bigint
    )) WITH ORDINALITY AS delta
    ORDER BY delta.ordinality
    ON CONFLICT (org_id, ${start}, provider, model, key_id, user_id) DO UPDATE SET ${added}`;
}

/** Adds a correction to its row, if the row can hold the settlement. Returns how many rows it changed: 0 or 1. */
export async function changeRollup(tx: Transaction, step: keyof typeof tables, delta: RollupDelta): Promise<number> {
  const { table, start } = tables[step];
  const { orgId, provider, model, keyId, userId, inputTokens, outputTokens, amountNanoUsd } = delta;
  return await tx.$executeRaw`
    UPDATE ${table} SET input_tokens = input_tokens + ${inputTokens}::bigint,
      output_tokens = output_tokens + ${outputTokens}::bigint,
      amount_nano_usd = amount_nano_usd + ${amountNanoUsd}::bigint
    WHERE org_id = ${orgId}::uuid AND ${start} = ${delta.start}::timestamptz AND provider = ${provider}
      AND model = ${model} AND key_id = ${keyId}::uuid AND user_id = ${userId}::uuid
      AND input_tokens >= -(${inputTokens}::bigint) AND output_tokens >= -(${outputTokens}::bigint)
      AND amount_nano_usd >= -(${amountNanoUsd}::bigint)`;
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
      "orgId", start, provider, model, "keyId", "userId", "teamId", decode("tagsHash", 'hex'), tags,
      requests, completed, failed, "inputTokens", "outputTokens", "amountNanoUsd", "latencyMsSum"
    FROM ROWS FROM (jsonb_to_recordset(${toJson(deltas)}::jsonb) AS (
      "orgId" uuid, start timestamptz, provider text, model text, "keyId" uuid, "userId" uuid, "teamId" uuid,
      "tagsHash" text, tags jsonb, requests bigint, completed bigint, failed bigint, "inputTokens" bigint,
      "outputTokens" bigint, "amountNanoUsd" bigint, "latencyMsSum" bigint
    )) WITH ORDINALITY AS delta
    ORDER BY delta.ordinality
    ON CONFLICT (org_id, hour, provider, model, key_id, user_id, team_id, tags_hash) DO UPDATE SET ${added}`;
}

function toJson(deltas: readonly RollupDelta[]): string {
  return JSON.stringify(deltas, (_name, value) => (typeof value === 'bigint' ? value.toString() : value));
}
