import type { Rejection } from '@aggregator/contracts';
import { type Database, toJsonRows } from '../database/open-database.ts';

const daysMax = 3;
const rowsMax = 1_000_000;
/** Rows that one step deletes. */
const sliceMax = 20_000;

/** Keeps why requests were rejected. A repeat changes nothing. */
export async function keepRejections(database: Database, rejections: readonly Rejection[]): Promise<void> {
  await database.$executeRaw`
    INSERT INTO rejected_request (request_id, org_id, time, code, param, message)
    SELECT "requestId", "orgId", time, code, param, message
    FROM json_to_recordset(${toJsonRows(rejections.map((one) => ({ ...one })))}::json) AS row (
      "requestId" uuid, "orgId" uuid, time timestamptz, code text, param text, message text)
    ORDER BY "requestId" ON CONFLICT (request_id) DO NOTHING`;
}

/** Deletes what is older than three days, and the oldest beyond a million. */
export async function forgetRejections(database: Database, bounds = { daysMax, rowsMax }): Promise<void> {
  const rows = await database.rejectedRequest.count();
  const surplus = Math.max(0, rows - bounds.rowsMax);
  await database.$executeRaw`
    DELETE FROM rejected_request WHERE request_id IN (
      (SELECT request_id FROM rejected_request WHERE time < now() - ${bounds.daysMax} * interval '1 day'
        ORDER BY time LIMIT ${sliceMax})
      UNION (SELECT request_id FROM rejected_request ORDER BY time LIMIT ${Math.min(surplus, sliceMax)}))`;
}
