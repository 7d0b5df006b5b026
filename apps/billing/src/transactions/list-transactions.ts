import { type Transaction, type TransactionPage, tags } from '@aggregator/contracts';
import { toPage } from '@aggregator/service-kit';
import type { Transaction as Reader } from '../database/open-database.ts';
import { Prisma } from '../generated/prisma/client.ts';
import { toTransaction } from './statement-row.ts';

/** An organisation's business transactions, newest first, from behind `cursor` (the id of the last one seen). */
export async function listTransactions(
  db: Reader,
  question: { orgId: string; cursor?: string | undefined; limit: number },
): Promise<TransactionPage> {
  const { orgId, cursor, limit } = question;
  const rows = await db.statementLine.findMany({
    where: { orgId, ...(cursor === undefined ? {} : { id: { lt: cursor } }) },
    orderBy: { id: 'desc' },
    take: limit + 1,
    select: { id: true, time: true, type: true, amount: true, requestId: true, description: true },
  });
  const tagged = await readTags(db, rows);
  return toPage(
    rows,
    limit,
    ({ id }) => id,
    (row) => ({ ...toTransaction(row), ...tagged.get(row.requestId) }),
  );
}

/** Tags of the requests that have some, by request. */
async function readTags(
  db: Reader,
  lines: readonly { requestId: string | null }[],
): Promise<ReadonlyMap<string | null, Pick<Transaction, 'tags'>>> {
  const requestIds = lines.flatMap(({ requestId }) => (requestId === null ? [] : [requestId]));
  if (requestIds.length === 0) return new Map();
  const charges = await db.charge.findMany({
    where: { requestId: { in: requestIds }, tags: { not: Prisma.DbNull } },
    select: { requestId: true, tags: true },
  });
  return new Map(charges.map((charge) => [charge.requestId, { tags: tags.parse(charge.tags) }]));
}
