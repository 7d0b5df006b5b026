import {
  attemptSummary,
  type ChargeExplanation,
  outcome,
  price,
  type Rates,
  tags,
  type Usage,
  usage,
  usageComponents,
  usageCorrected,
} from '@aggregator/contracts';
import { formatNanoUsd, selectTier } from '@aggregator/pricing';
import { z } from 'zod';
import type { Database, Transaction } from '../database/open-database.ts';
import { cacheSavingOf } from './cache-saving.ts';

interface TransferRow {
  id: string;
  time: Date;
  from: string;
  to: string;
  amount: bigint;
}

interface Question {
  /** Null: of any organisation, with what it cost. */
  orgId: string | null;
  requestId: string;
}

/** `readOwn` finds the request. `all` then reads its transfers, which name accounts of others: with one connection at a time. */
interface Databases {
  readonly readOwn: <T>(read: (own: Transaction) => Promise<T>) => Promise<T>;
  readonly all: Database;
}

/** How the amount of a charge comes about, or why the request was rejected; null if nothing is known of it. */
export async function explainRequest(
  { readOwn, all }: Databases,
  question: Question,
): Promise<ChargeExplanation | null> {
  const found = await readOwn(async (own) => (await findCharge(own, question)) ?? (await findRejection(own, question)));
  if (found === null) return null;
  return 'code' in found ? explainRejection(found) : await explainCharge(all, question, found);
}

const whereOf = ({ orgId, requestId }: Question) => ({ requestId, ...(orgId !== null && { orgId }) });

async function findRejection(own: Transaction, question: Question) {
  return await own.rejectedRequest.findFirst({ where: whereOf(question) });
}

async function findCharge(own: Transaction, question: Question) {
  const charge = await own.charge.findFirst({ where: whereOf(question) });
  return charge === null ? null : { charge, correction: await readCorrection(own, charge.requestId) };
}

type Found<Find extends (...given: never[]) => unknown> = NonNullable<Awaited<ReturnType<Find>>>;

function explainRejection(row: Found<typeof findRejection>): ChargeExplanation {
  const { time, code, param, message } = row;
  return {
    ...{ requestId: row.requestId, time: time.toISOString(), outcome: 'rejected', rejection: { code, param, message } },
    ...{ provider: '', model: '', priceVersion: '', estimated: false, lines: [], amountNanoUsd: '0', transfers: [] },
  };
}

async function explainCharge(
  all: Database,
  { orgId }: Question,
  { charge, correction }: Found<typeof findCharge>,
): Promise<ChargeExplanation> {
  const transfers = await all.$queryRaw<TransferRow[]>`
    SELECT transfer.id, time, debit.kind AS "from", credit.kind AS "to", amount
    FROM transfer
      JOIN account debit ON debit.id = debit_account
      JOIN account credit ON credit.id = credit_account
    -- What the provider charges us is no part of it.
    WHERE request_id = ${charge.requestId}::uuid AND reason NOT IN ('provider_excess', 'cost_correction') ORDER BY transfer.id`;
  const { version, rates } = price.parse(charge.price);
  const saving = charge.outcome === 'void' ? null : cacheSavingOf(usage.parse(charge.usage), rates);
  return {
    requestId: charge.requestId,
    time: charge.time.toISOString(),
    provider: charge.provider,
    model: charge.model,
    ...(charge.tags !== null && { tags: tags.parse(charge.tags) }),
    ...(charge.teamId !== null && { teamId: charge.teamId }),
    userId: charge.userId,
    ...(charge.keyId !== null && { keyId: charge.keyId }),
    outcome: outcome.parse(charge.outcome),
    estimated: charge.estimated,
    priceVersion: version,
    lines: charge.outcome === 'void' ? [] : toLines(usage.parse(charge.usage), rates),
    amountNanoUsd: formatNanoUsd(charge.amount),
    ...toTimes(charge),
    ...(charge.attempts !== null && { attempts: toAttempts(charge.attempts) }),
    ...(orgId === null && charge.cost !== null && { costNanoUsd: formatNanoUsd(charge.cost) }),
    ...(saving !== null && { cacheSavingNanoUsd: formatNanoUsd(saving) }),
    ...(correction !== null && { correction }),
    transfers: transfers.map(({ id, time, from, to, amount }) => ({
      ...{ id, from, to },
      time: time.toISOString(),
      amountNanoUsd: formatNanoUsd(amount),
    })),
  };
}

const cache = z.enum(['hit', 'miss', 'bypass']);

/** What is known of its time and its cache: charges of before have none. */
function toTimes(
  charge: Found<typeof findCharge>['charge'],
): Pick<ChargeExplanation, 'latencyMs' | 'ttftMs' | 'isStreamed' | 'cache'> {
  const { latencyMs, ttftMs, isStreamed } = charge;
  return {
    ...(latencyMs !== null && { latencyMs }),
    ...(ttftMs !== null && { ttftMs }),
    ...(isStreamed !== null && { isStreamed }),
    ...(charge.cache !== null && { cache: cache.parse(charge.cache) }),
  };
}

/** Without what they cost us, which is no customer's business. */
function toAttempts(attempts: unknown): ChargeExplanation['attempts'] {
  return z
    .array(attemptSummary)
    .parse(attempts)
    .map(({ spent, ...attempt }) => ({ ...attempt, ...(spent !== undefined && { spentUsage: spent.usage }) }));
}

/** The posted correction of a request; null if it has none. */
async function readCorrection(db: Transaction, requestId: string): Promise<ChargeExplanation['correction'] | null> {
  const row = await db.usageCorrection.findUnique({ where: { requestId } });
  if (row?.state !== 'posted') return null;
  const { time, actual } = usageCorrected.parse(row.body);
  return { time, ...actual, differenceNanoUsd: formatNanoUsd(row.difference ?? 0n) };
}

/** Each counter with the rate that it was charged by, which of two tiers is the one that the whole request fell into. */
function toLines(used: Usage, rates: Rates): ChargeExplanation['lines'] {
  const tier = selectTier(used, rates);
  return usageComponents.flatMap((component) => {
    const units = used[component] ?? 0;
    const ratePicoUsd = tier[component] ?? '0';
    if (units === 0) return [];
    return [{ component, units, ratePicoUsd, amountPicoUsd: (BigInt(units) * BigInt(ratePicoUsd)).toString() }];
  });
}
