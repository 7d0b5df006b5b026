import { randomUUID } from 'node:crypto';
import { type Connection, withConnection } from '@aggregator/database';
import type { Database } from '../database/open-database.ts';
import type { BillingEvents } from '../events.ts';
import { finishTurn, takeTurn } from '../reconciliation/background-turn.ts';
import { compactMonth } from './compact-month.ts';
import { createDirectoryStore } from './export-store.ts';
import { makePartitions } from './make-partitions.ts';
import { firstIdAt, ledgerMonth, timeOfId } from './months.ts';

/** One statement may read a month. */
const statementTimeoutMs = 3_600_000;
const turnMs = 6 * 3_600_000;
/** Ids before it are no UUIDv7. */
const earliest = new Date('2020-01-01T00:00:00Z');

export interface RetentionContext {
  readonly database: Database;
  readonly events: BillingEvents;
  readonly clock: () => Date;
  readonly config: {
    readonly databaseUrl: string;
    readonly ledgerDetailMonths: number;
    /** Empty: details are kept for ever. */
    readonly ledgerExportDirectory: string;
  };
}

/** Makes the partitions of the next months. Then compacts each month that is older than details are kept, the oldest first. */
export function createRetention(context: RetentionContext): () => Promise<void> {
  const holder = randomUUID();
  return async () => {
    const { database, config } = context;
    if (!(await takeTurn(database, 'retention', holder, turnMs))) return;
    try {
      await withConnection(config.databaseUrl, statementTimeoutMs, (client) => runRetention(client, context));
      await finishTurn(database, 'retention', {});
    } finally {
      await takeTurn(database, 'retention', holder, 0);
    }
  };
}

async function runRetention(client: Connection, { events, clock, config }: RetentionContext): Promise<void> {
  const now = clock();
  for (const partition of await makePartitions(client, now)) events.partitionMade({ partition });
  if (config.ledgerExportDirectory === '') return;
  const store = createDirectoryStore(config.ledgerExportDirectory);
  const kept = ledgerMonth(now, -config.ledgerDetailMonths);
  for (let before = ''; ; ) {
    const oldest = await findOldest(client);
    if (oldest === null || oldest >= kept.from) return;
    const month = ledgerMonth(oldest);
    if (month.name === before) throw new Error(`${month.name} is compacted, and has details`);
    before = month.name;
    const files = await compactMonth(client, month, { store, now });
    events.monthCompacted({ month: month.name, rows: files.reduce((sum, { rows }) => sum + rows, 0) });
  }
}

/** When the oldest request began whose details are kept; null if there is none. */
async function findOldest(client: Connection): Promise<Date | null> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT request_id AS id FROM charge WHERE request_id >= $1 ORDER BY request_id LIMIT 1`,
    [firstIdAt(earliest)],
  );
  return rows[0] === undefined ? null : timeOfId(rows[0].id);
}
