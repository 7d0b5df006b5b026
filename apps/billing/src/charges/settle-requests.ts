import type { RequestFingerprint } from '@aggregator/contracts';
import { isOpenEnd } from '@aggregator/pricing';
import { type IdsRow, type Transaction, toIds, toJsonRows } from '../database/open-database.ts';
import type { UsageCharge } from './usage-charge.ts';

export interface Settlement {
  /** To be posted, in the order given. */
  settled: UsageCharge[];
  /** Would charge a request that is settled already: never posted. */
  conflicting: UsageCharge[];
}

/**
 * Writes each request's one settlement. An attempt that cost nothing gives way to the one that ends the request; an
 * attempt after that end must cost nothing, or it conflicts. So no order of delivery charges a request twice.
 */
export async function settleRequests(tx: Transaction, charges: readonly UsageCharge[]): Promise<Settlement> {
  const { chosen, conflicting } = chooseSettlements(charges);
  if (chosen.size === 0) return { settled: [], conflicting };
  const written = await tx.$queryRaw<IdsRow[]>`
    WITH written AS (INSERT INTO charge AS present
      (request_id, event_id, org_id, user_id, key_id, operation, provider, model, usage, price, amount, cost, attempts,
       estimated, outcome, time, budgets, tags, team_id, is_streamed, body_hash, prefix_hash, prefix_permille,
       latency_ms, ttft_ms, cache)
    SELECT "requestId", "eventId", "orgId", "userId", "keyId", operation, provider, model, usage, price, "amountNanoUsd",
      "costNanoUsd", attempts, estimated, outcome, time, budgets, tags, "teamId",
      "isStreamed", "bodyHash", "prefixHash", "prefixPermille", "latencyMs", "ttftMs", cache
    FROM json_to_recordset(${toJsonRows([...chosen.values()].map(toRow))}::json) AS row (
      "requestId" uuid, "eventId" text, "orgId" uuid, "userId" uuid, "keyId" uuid, operation text, provider text,
      model text, usage jsonb, price jsonb, "amountNanoUsd" bigint, "costNanoUsd" bigint,
      attempts jsonb, estimated boolean, outcome text, time timestamptz, budgets jsonb, tags jsonb, "teamId" uuid,
      "isStreamed" boolean, "bodyHash" text, "prefixHash" text, "prefixPermille" smallint,
      "latencyMs" integer, "ttftMs" integer, cache text)
    ORDER BY "requestId"
    ON CONFLICT (request_id) DO UPDATE SET
      event_id = EXCLUDED.event_id, org_id = EXCLUDED.org_id, user_id = EXCLUDED.user_id, key_id = EXCLUDED.key_id,
      operation = EXCLUDED.operation, provider = EXCLUDED.provider, model = EXCLUDED.model, usage = EXCLUDED.usage,
      price = EXCLUDED.price, amount = EXCLUDED.amount,
      -- Both were booked.
      cost = coalesce(present.cost, 0) + EXCLUDED.cost,
      attempts = nullif(coalesce(present.attempts, '[]') || coalesce(EXCLUDED.attempts, '[]'), '[]'),
      estimated = EXCLUDED.estimated, outcome = EXCLUDED.outcome, time = EXCLUDED.time, budgets = EXCLUDED.budgets,
      tags = EXCLUDED.tags, team_id = EXCLUDED.team_id, is_streamed = EXCLUDED.is_streamed,
      body_hash = EXCLUDED.body_hash, prefix_hash = EXCLUDED.prefix_hash, prefix_permille = EXCLUDED.prefix_permille,
      latency_ms = EXCLUDED.latency_ms, ttft_ms = EXCLUDED.ttft_ms, cache = EXCLUDED.cache, posted_at = now()
    WHERE present.amount = 0 AND present.outcome IN ('void', 'failed')
      AND NOT (EXCLUDED.amount = 0 AND EXCLUDED.outcome IN ('void', 'failed'))
    RETURNING request_id) SELECT json_agg(request_id)::text AS ids FROM written`;
  const writtenIds = toIds(written);
  const settled: UsageCharge[] = [];
  for (const [requestId, charge] of chosen) {
    if (writtenIds.has(requestId)) settled.push(charge);
    else if (charge.amountNanoUsd > 0n) conflicting.push(charge);
  }
  return { settled, conflicting };
}

/** The same rule among events of one batch: at most one of each request remains. */
function chooseSettlements(charges: readonly UsageCharge[]): {
  chosen: Map<string, UsageCharge>;
  conflicting: UsageCharge[];
} {
  const chosen = new Map<string, UsageCharge>();
  const conflicting: UsageCharge[] = [];
  for (const charge of charges) {
    const { requestId } = charge.event;
    const present = chosen.get(requestId);
    if (present === undefined) chosen.set(requestId, charge);
    else if (endsOpen(present)) {
      if (endsOpen(charge)) continue;
      // Into the later one's place in the order.
      chosen.delete(requestId);
      chosen.set(requestId, charge);
    } else if (charge.amountNanoUsd > 0n) conflicting.push(charge);
  }
  return { chosen, conflicting };
}

function endsOpen({ amountNanoUsd, event }: UsageCharge): boolean {
  return isOpenEnd({ amountNanoUsd, outcome: event.outcome });
}

function toRow({ event, amountNanoUsd, costNanoUsd }: UsageCharge) {
  const {
    requestId,
    eventId,
    orgId,
    userId,
    keyId,
    operation,
    provider,
    model,
    usage,
    price,
    estimated,
    outcome,
    time,
  } = event;
  return {
    ...{ requestId, eventId, orgId, userId, keyId, operation, provider, model, usage, price, estimated, outcome, time },
    amountNanoUsd,
    costNanoUsd,
    budgets: event.budgets ?? null,
    tags: event.tags ?? null,
    teamId: event.teamId ?? null,
    ...{ isStreamed: event.isStreamed, latencyMs: event.latencyMs, ttftMs: event.ttftMs, cache: event.cache },
    ...toHashes(event.fingerprint ?? {}),
    attempts: event.attempts.length > 1 || event.errorCode !== null ? event.attempts : null,
  };
}

function toHashes({ whole, prefix, prefixPermille }: RequestFingerprint) {
  return { bodyHash: whole ?? null, prefixHash: prefix ?? null, prefixPermille: prefixPermille ?? null };
}
