import type { Database } from '../../database/open-database.ts';
import type { BillingEvents } from '../../events.ts';
import type { Check } from '../check.ts';

/** A settlement follows within so long once faults are over. */
const overdueMinutes = 15;
const organizationsMax = 1000;

interface Row {
  orgId: string;
  holds: bigint;
  amount: string;
  oldest: string;
}

/** R6: holds of the ledger that are past their time for long: a request without a settlement. One difference for each payer. */
export function createHoldsCheck(database: Database, events: Pick<BillingEvents, 'oldestHoldFound'>): Check {
  return {
    ...{ kind: 'holds', intervalMs: 60_000 },
    async run() {
      const [open] = await database.$queryRaw<{ holds: bigint; ageSeconds: number }[]>`
        SELECT count(*) AS holds,
          coalesce(greatest(extract(epoch FROM now() - min(expires_at)), 0), 0)::float8 AS "ageSeconds"
        FROM request_hold WHERE closed_at IS NULL`;
      events.oldestHoldFound(open?.ageSeconds ?? 0);
      const rows = await database.$queryRaw<Row[]>`
        SELECT org_id AS "orgId", count(*) AS holds, sum(amount)::text AS amount,
          (array_agg(request_id::text ORDER BY expires_at, request_id))[1] AS oldest
        FROM request_hold WHERE closed_at IS NULL AND expires_at <= now() - ${overdueMinutes} * interval '1 minute'
        GROUP BY org_id ORDER BY org_id LIMIT ${organizationsMax}`;
      return {
        found: rows.map(({ orgId, holds, amount, oldest }) => ({
          ...{ orgId, subject: `hold of request ${oldest}` },
          details: { requestId: oldest, holds: `${holds}`, amountNanoUsd: amount },
        })),
        facts: { open: `${open?.holds ?? 0n}`, overdueOrganizations: `${rows.length}` },
      };
    },
  };
}
