import { createUuidV7 } from '@aggregator/service-kit';
import type { Database, Transaction } from '../database/create-database.ts';
import type { Cut } from '../events.ts';

/** Gateways read the orders every five seconds; one that reads none for so long has forgotten its callers long before. */
const keptMinutes = 10;
/** Of the newest; more in ten minutes are delivered by their messages alone. */
const ordersMax = 100;

export interface CutOrder extends Cut {
  id: string;
  /** Milliseconds since it was given, by the clock of the database. */
  ageMs: number;
}

/** Writes an order in the transaction of the change that it belongs to, so that neither is there without the other. */
export async function recordCut(transaction: Transaction, cut: Cut): Promise<void> {
  await transaction.$executeRaw`DELETE FROM cut_order WHERE created_at < now() - ${keptMinutes} * interval '1 minute'`;
  await transaction.$executeRaw`
    INSERT INTO cut_order (id, cut) VALUES (${createUuidV7()}::uuid, ${JSON.stringify(cut)}::jsonb)`;
}

/** Orders of the last minutes, the newest first. */
export async function readCuts(database: Database): Promise<CutOrder[]> {
  const rows = await database.$queryRaw<{ id: string; cut: Cut; ageMs: number }[]>`
    SELECT id, cut, greatest(0, extract(epoch FROM now() - created_at) * 1000)::int AS "ageMs" FROM cut_order
    WHERE created_at > now() - ${keptMinutes} * interval '1 minute'
    ORDER BY created_at DESC LIMIT ${ordersMax}`;
  return rows.map(({ id, cut, ageMs }) => ({ id, ageMs, ...cut }));
}
