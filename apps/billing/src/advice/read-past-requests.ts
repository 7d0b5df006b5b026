import { price, usage } from '@aggregator/contracts';
import type { Database } from '../database/open-database.ts';
import type { Month } from '../invoices/month-bounds.ts';
import { firstIdAt, timeOfId } from '../retention/months.ts';
import type { PastRequest } from './past-request.ts';

/** Requests that are read, and kept in memory while advice is computed. */
const pastRequestsMax = 50_000;
const pageSize = 1000;
const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

interface Row {
  lineId: string;
  requestId: string;
  time: Date;
  provider: string;
  model: string;
  operation: string;
  keyId: string | null;
  userId: string;
  usage: unknown;
  price: unknown;
  amount: bigint;
  isStreamed: boolean | null;
  outcome: string;
  estimated: boolean;
  bodyHash: string | null;
  prefixHash: string | null;
  prefixPermille: number | null;
}

/** Reads what an organisation was charged for requests that began in a month, the newest first, in pages. */
export async function readPastRequests(
  database: Database,
  orgId: string,
  month: Pick<Month, 'from' | 'to'>,
  max = pastRequestsMax,
): Promise<{ requests: PastRequest[]; isComplete: boolean }> {
  const requests: PastRequest[] = [];
  for (let before = lastId; ; ) {
    const rows = await readPage(database, orgId, month, before);
    for (const row of rows) {
      if (requests.length === max) return { requests, isComplete: false };
      requests.push(toPastRequest(row));
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) return { requests, isComplete: true };
    before = last.lineId;
  }
}

function toPastRequest(row: Row): PastRequest {
  const { requestId, provider, model, operation, keyId, userId, amount, bodyHash, prefixHash } = row;
  const pinned = price.parse(row.price);
  return {
    ...{ requestId, provider, model, operation, keyId, userId, amount, bodyHash, prefixHash },
    ...{ beganMs: timeOfId(requestId).getTime(), endedMs: row.time.getTime() },
    usage: usage.parse(row.usage),
    price: pinned,
    isWhole: row.isStreamed === false,
    isCompleted: row.outcome === 'completed' && !row.estimated,
    // A price of an answer from the cache names its share.
    isHit: /~hit-\d+$/.test(pinned.version),
    prefixPermille: row.prefixPermille ?? 0,
  };
}

/** By the lines of the organisation: charges of all organisations have no index of it. Ids of requests begin with their time. */
async function readPage(
  database: Database,
  orgId: string,
  { from, to }: Pick<Month, 'from' | 'to'>,
  before: string,
): Promise<Row[]> {
  const [fromId, toId] = [firstIdAt(from), firstIdAt(to)];
  return database.$queryRaw<Row[]>`
    SELECT line.id AS "lineId", charge.request_id AS "requestId", charge.time, provider, model, operation, key_id AS "keyId",
      user_id AS "userId", usage, price, charge.amount, is_streamed AS "isStreamed", outcome, estimated,
      body_hash AS "bodyHash", prefix_hash AS "prefixHash", prefix_permille AS "prefixPermille"
    FROM (
      SELECT id, request_id FROM statement_line
      WHERE org_id = ${orgId}::uuid AND type = 'charge' AND request_id >= ${fromId}::uuid AND request_id < ${toId}::uuid
        AND id < ${before}::uuid
      ORDER BY id DESC LIMIT ${pageSize}
    ) AS line JOIN charge ON charge.request_id = line.request_id
      AND charge.request_id >= ${fromId}::uuid AND charge.request_id < ${toId}::uuid
    ORDER BY line.id DESC`;
}
