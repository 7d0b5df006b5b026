import { usage as usageSchema } from '@aggregator/contracts';
import { z } from 'zod';
import type { Database } from '../database/open-database.ts';
import type { BookedCost } from './match-records.ts';

const pageSize = 5000;
const firstId = '00000000-0000-0000-0000-000000000000';

interface Row {
  requestId: string;
  time: Date;
  model: string;
  provider: string;
  usage: unknown;
  attempts: unknown;
  cost: bigint;
}

const attempts = z
  .array(
    z.looseObject({
      ...{ provider: z.string(), model: z.string() },
      spent: z.looseObject({ usage: usageSchema, costNanoUsd: z.string() }).optional(),
    }),
  )
  .nullable();

/** What requests of a time range cost us at one provider, failed attempts included and corrections too, in the order of ids. */
export async function readBookedCosts(
  db: Database,
  { provider, from, to }: { provider: string; from: Date; to: Date },
): Promise<BookedCost[]> {
  const booked: BookedCost[] = [];
  for (let after = firstId; ; ) {
    const rows = await db.$queryRaw<Row[]>`
      SELECT charge.request_id::text AS "requestId", time, model, provider, usage, attempts,
        coalesce(cost, 0) + coalesce(cost_difference, 0) AS cost
      FROM charge LEFT JOIN usage_correction AS correction
        ON correction.request_id = charge.request_id AND correction.state = 'posted'
      WHERE time >= ${from}::timestamptz AND time < ${to}::timestamptz AND charge.request_id > ${after}::uuid
        AND (provider = ${provider} OR attempts @> ${JSON.stringify([{ provider }])}::jsonb)
      ORDER BY charge.request_id LIMIT ${pageSize}`;
    for (const row of rows) booked.push(...toBooked(row, provider));
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) return booked;
    after = last.requestId;
  }
}

/** The charged call if it was at the provider, and each failed attempt that cost something there. */
function toBooked(row: Row, provider: string): BookedCost[] {
  const failed = (attempts.parse(row.attempts) ?? []).flatMap(({ spent, ...attempt }) =>
    spent === undefined ? [] : [{ ...attempt, ...spent, costNanoUsd: BigInt(spent.costNanoUsd) }],
  );
  const served = row.cost - failed.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n);
  const facts = { requestId: row.requestId, time: row.time };
  return [
    ...(row.provider === provider && served > 0n
      ? [{ ...facts, model: row.model, costNanoUsd: served, ...countTokens(row.usage) }]
      : []),
    ...failed
      .filter((attempt) => attempt.provider === provider && attempt.costNanoUsd > 0n)
      .map(({ model, costNanoUsd, usage }) => ({ ...facts, model, costNanoUsd, ...countTokens(usage) })),
  ];
}

function countTokens(used: unknown): Pick<BookedCost, 'inputTokens' | 'outputTokens'> {
  const units = usageSchema.parse(used);
  const sum = (...counters: (number | undefined)[]) => counters.reduce<number>((all, one) => all + (one ?? 0), 0);
  const { inputUncached, cacheRead, cacheWrite5m, cacheWrite1h, audioIn, imageIn } = units;
  return {
    inputTokens: sum(inputUncached, cacheRead, cacheWrite5m, cacheWrite1h, audioIn, imageIn),
    outputTokens: sum(units.outputText, units.outputReasoning, units.audioOut, units.imageOut),
  };
}
