import { type BillingTransaction, billingTransaction } from '@aggregator/contracts';
import { formatNanoUsd } from '@aggregator/pricing';
import { type Transaction, toJsonRows } from '../database/open-database.ts';

/** One business transaction, however many transfers carry it. Its id is their `reference`. */
export interface StatementLine {
  id: string;
  orgId: string;
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
 * Writes what organisations see, and the events that notify others. The organisations' accounts must be locked: it is
 * what gives an organisation's events their order.
 */
export async function writeStatement(tx: Transaction, lines: readonly StatementLine[]): Promise<void> {
  if (lines.length === 0) return;
  const written = await tx.$queryRaw<{ id: string; time: Date }[]>`
    INSERT INTO statement_line
      (id, org_id, type, amount, request_id, description, actor_org_id, idempotency_key, body_hash)
    SELECT id, "orgId", type, "amountNanoUsd", "requestId", description, "actorOrgId", "idempotencyKey",
      decode("bodyHash", 'hex')
    FROM json_to_recordset(${toJsonRows(lines.map((line) => ({ ...line })))}::json) AS row (
      id uuid, "orgId" uuid, type text, "amountNanoUsd" bigint, "requestId" uuid, description text,
      "actorOrgId" uuid, "idempotencyKey" text, "bodyHash" text)
    RETURNING id, time`;
  const times = new Map(written.map(({ id, time }) => [id, time.toISOString()]));
  const events = lines.map((line) => ({ orgId: line.orgId, value: toEvent(line, times.get(line.id) ?? '') }));
  await tx.$executeRaw`
    INSERT INTO outbox (org_id, value)
    SELECT row."orgId", row.value
    FROM json_to_recordset(${toJsonRows(events)}::json) AS row ("orgId" uuid, value text)`;
}

function toEvent(line: StatementLine, time: string): string {
  const event: BillingTransaction = {
    schema: 'billing.transaction/1',
    eventId: line.id,
    time,
    orgId: line.orgId,
    type: line.type,
    amountNanoUsd: formatNanoUsd(line.amountNanoUsd),
    requestId: line.requestId ?? null,
  };
  return JSON.stringify(billingTransaction.parse(event));
}
