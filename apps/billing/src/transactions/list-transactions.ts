import type { TransactionPage } from '@aggregator/contracts';
import { toPage } from '@aggregator/service-kit';
import type { Database } from '../database/open-database.ts';
import { toTransaction } from './statement-row.ts';

/** An organisation's business transactions, newest first, from behind `cursor` (the id of the last one seen). */
export async function listTransactions(
  db: Database,
  question: { orgId: string; cursor?: string | undefined; limit: number },
): Promise<TransactionPage> {
  const { orgId, cursor, limit } = question;
  const rows = await db.statementLine.findMany({
    where: { orgId, ...(cursor === undefined ? {} : { id: { lt: cursor } }) },
    orderBy: { id: 'desc' },
    take: limit + 1,
    select: { id: true, time: true, type: true, amount: true, requestId: true, description: true },
  });
  return toPage(rows, limit, ({ id }) => id, toTransaction);
}
