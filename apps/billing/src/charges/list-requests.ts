import { outcome, type RequestQuery, tags } from '@aggregator/contracts';
import type { Transaction } from '../database/open-database.ts';
import type { Prisma } from '../generated/prisma/client.ts';
import { firstIdAt } from '../retention/months.ts';

/** Requests that are looked at for one page: a filter that few requests pass costs no more. */
const looksMax = 5000;

const columns = {
  ...{ requestId: true, time: true, operation: true, provider: true, model: true, outcome: true, amount: true },
  ...{ estimated: true, userId: true, keyId: true, teamId: true, tags: true, latencyMs: true },
} as const;
type Row = Prisma.ChargeGetPayload<{ select: typeof columns }>;

export type FoundRequest = ReturnType<typeof toRequest>;

/** Returns the requests of an organisation, newest first, from behind `cursor` (the id of the last one that was looked at). */
export async function listRequests(
  db: Transaction,
  orgId: string,
  { cursor, from, to, limit, provider, model, keyId, userId, teamId, outcome: end }: RequestQuery & { limit: number },
): Promise<{ data: FoundRequest[]; nextCursor: string | null }> {
  const behind = [cursor?.toLowerCase(), to === undefined ? undefined : firstIdAt(new Date(to))].filter(
    (id) => id !== undefined,
  );
  const range = {
    orgId,
    requestId: {
      ...(from !== undefined && { gte: firstIdAt(new Date(from)) }),
      ...(behind.length > 0 && { lt: behind.sort()[0] }),
    },
  } satisfies Prisma.ChargeWhereInput;
  const newestFirst = { requestId: 'desc' } as const;
  const last = await db.charge.findMany({
    ...{ where: range, orderBy: newestFirst, select: { requestId: true } },
    ...{ skip: looksMax - 1, take: 1 },
  });
  const lastLooked = last[0]?.requestId ?? null;
  const rows: Row[] = await db.charge.findMany({
    where: {
      ...range,
      ...(lastLooked !== null && { requestId: { ...range.requestId, gte: lastLooked } }),
      ...{ provider, model, keyId, userId, teamId, outcome: end },
    },
    ...{ orderBy: newestFirst, take: limit + 1, select: columns },
  });
  const page = rows.slice(0, limit);
  const nextCursor = rows.length > limit ? (page.at(-1)?.requestId ?? null) : lastLooked;
  return { data: page.map(toRequest), nextCursor };
}

function toRequest({ amount, time, outcome: end, tags: named, ...row }: Row) {
  return {
    ...row,
    ...{ time: time.toISOString(), outcome: outcome.parse(end), amountNanoUsd: String(amount) },
    ...(named !== null && { tags: tags.parse(named) }),
  };
}
