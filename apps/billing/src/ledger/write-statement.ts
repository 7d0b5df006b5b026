import type { BillingTransaction } from '@aggregator/contracts';
import { type Transaction, toJsonRows } from '../database/open-database.ts';

/** One business transaction, however many transfers carry it. Its id is their `reference`. */
export interface StatementLine {
  id: string;
  orgId: string;
  /** Who paid it, if it was not the organisation itself. */
  payerId?: string | null | undefined;
  type: BillingTransaction['type'];
  /** Positive adds to the balance, negative takes from it; not zero. */
  amountNanoUsd: bigint;
  description: string;
  requestId?: string;
  /** Set together if a user asked for it by hand. */
  actorOrgId?: string;
  idempotencyKey?: string;
  bodyHash?: string;
}

/**
 * Writes what organisations see, and the events that notify others, as `billingTransaction` has them. One statement: the rows are
 * sent and read once. The organisations' accounts must be locked: it is what gives an organisation's events their order.
 */
export async function writeStatement(tx: Transaction, lines: readonly StatementLine[]): Promise<void> {
  if (lines.length === 0) return;
  await tx.$executeRaw`
    WITH line AS (
      INSERT INTO statement_line
        (id, org_id, payer_id, type, amount, request_id, description, actor_org_id, idempotency_key, body_hash)
      SELECT id, "orgId", "payerId", type, "amountNanoUsd", "requestId", description, "actorOrgId", "idempotencyKey",
        decode("bodyHash", 'hex')
      FROM json_to_recordset(${toJsonRows(lines.map((line) => ({ ...line })))}::json) AS row (
        id uuid, "orgId" uuid, "payerId" uuid, type text, "amountNanoUsd" bigint, "requestId" uuid, description text,
        "actorOrgId" uuid, "idempotencyKey" text, "bodyHash" text)
      RETURNING id, org_id, type, amount, request_id, time
    )
    INSERT INTO outbox (org_id, value)
    SELECT org_id, json_build_object('schema', 'billing.transaction/1', 'eventId', id,
      'time', to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'orgId', org_id, 'type', type,
      'amountNanoUsd', amount::text, 'requestId', request_id)::text
    FROM line`;
}
