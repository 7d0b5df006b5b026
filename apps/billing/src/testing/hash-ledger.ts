import { createHash } from 'node:crypto';
import type { Database } from '../database/open-database.ts';

const pageSize = 10_000;
const firstId = '00000000-0000-0000-0000-000000000000';

/** SHA-256 (hex) of every balance and every charge of the database, which two runs over the same events have in common. */
export async function hashLedger(database: Database): Promise<string> {
  const hash = createHash('sha256');
  const accounts = await database.$queryRaw`
    SELECT org_id::text, kind, balance::text, debited::text FROM account WHERE org_id IS NOT NULL ORDER BY org_id, kind`;
  const platform = await database.$queryRaw`
    SELECT kind, sum(balance)::text FROM account WHERE org_id IS NULL GROUP BY kind ORDER BY kind`;
  hash.update(JSON.stringify([accounts, platform]));
  for (let after = firstId; ; ) {
    const charges = await database.$queryRaw<{ request_id: string }[]>`
      SELECT request_id::text, org_id::text, amount::text FROM charge
      WHERE request_id > ${after}::uuid ORDER BY request_id LIMIT ${pageSize}`;
    const last = charges.at(-1);
    if (last === undefined) return hash.digest('hex');
    hash.update(JSON.stringify(charges));
    after = last.request_id;
  }
}
