import type { Transaction, UsageReview } from '@aggregator/contracts';
import { claimOf, type ProvidedCall } from './ledger-provider.ts';

/** Nano-USD a token. */
export type ListPrices = Readonly<Record<string, { input: bigint; output: bigint }>>;

/** A review never has more: a million dollars. */
const differenceMax = 1_000_000_000_000_000n;
/** A process that died left the length of a request in bytes, which is read as tokens of so many bytes. */
const bytesPerTokenEstimate = 3;
/** Parts of 100 by which an estimate may differ from the truth. */
const estimateBand = 20n;

export interface Judgement {
  /** Each call that is not charged once, or not by the right amount. */
  faults: string[];
  /** Charged to the customer, in nano-USD. */
  charged: bigint;
  /** Cost at list price of what the provider really did. */
  spent: bigint;
  /** What estimates may be below the truth, and what calls delivered that were cut or left by a killed process. */
  tolerance: bigint;
  /** What lying providers claim beyond the charges. */
  excess: bigint;
}

/**
 * Compares a provider's ledger with an organisation's charges and the reviews, call by call.
 * @param isKilled calls that were cut may lack what they delivered: a process died with the knowledge of it
 */
export function judgeSpending(
  found: {
    calls: readonly ProvidedCall[];
    transactions: readonly Transaction[];
    reviews: readonly UsageReview[];
    /** Requests with a charge that is flagged as an estimate. */
    estimated: ReadonlySet<string>;
  },
  prices: ListPrices,
  isKilled: boolean,
): Judgement {
  const charges = Map.groupBy(
    found.transactions.filter(({ type }) => type === 'charge'),
    ({ requestId }) => requestId ?? '',
  );
  const reviews = new Map(found.reviews.map((review) => [review.requestId, review]));
  const judged: Judgement = { faults: [], charged: 0n, spent: 0n, tolerance: 0n, excess: 0n };
  for (const rows of charges.values()) for (const row of rows) judged.charged -= BigInt(row.amountNanoUsd);
  for (const call of found.calls) {
    const rows = charges.get(call.requestId) ?? [];
    charges.delete(call.requestId);
    const [row] = rows;
    const name = `${call.requestId} (${call.model}, ${call.report}, ${call.end})`;
    if (row === undefined || rows.length > 1) {
      judged.faults.push(`${name}: ${rows.length} charges`);
      continue;
    }
    const charged = -BigInt(row.amountNanoUsd);
    const review = reviews.get(call.requestId);
    // The charge of a false figure is the bound, which is flagged as well.
    const isEstimated = found.estimated.has(call.requestId) && review === undefined;
    const { truth, least, most } = expectCharge(call, prices, { isEstimated, isKilled });
    judged.spent += truth;
    judged.tolerance += truth - least;
    if (charged < least || charged > most) judged.faults.push(`${name}: ${charged} for ${truth}`);
    // A process that died knew what its provider claimed, and no other does.
    const difference = isEstimated && isKilled ? 0n : differenceOf(call, prices, charged);
    judged.excess += difference;
    const isListed = BigInt(review?.differenceNanoUsd ?? 0) === difference;
    const isSame = review === undefined || BigInt(review.chargedNanoUsd) === charged;
    if (!isListed || !isSame) judged.faults.push(`${name}: review of ${review?.differenceNanoUsd}, not ${difference}`);
  }
  for (const requestId of charges.keys()) judged.faults.push(`${requestId}: charged, and no provider saw it`);
  return judged;
}

/** Between what a call may be charged: by its truth unless the charge is flagged as an estimate. */
function expectCharge(
  { model, promptTokens, bodyBytes, completionTokens, report, end }: ProvidedCall,
  prices: ListPrices,
  { isEstimated, isKilled }: { isEstimated: boolean; isKilled: boolean },
) {
  const truth = priceOf(model, promptTokens, completionTokens, prices);
  const band = (truth * estimateBand) / 100n;
  const input = priceOf(model, promptTokens, 0, prices);
  // Of a process that died the length of the request is known, and nothing of what it delivered.
  if (isEstimated && isKilled) {
    const byLength = priceOf(model, Math.ceil(bodyBytes / bytesPerTokenEstimate), 0, prices);
    const most = truth + band;
    return { truth, least: input - band, most: byLength > most ? byLength : most };
  }
  // Its provider writes on until it sees that the connection has ended.
  if (isEstimated && end === 'cut') return { truth, least: input - band, most: truth + band };
  if (isEstimated) return { truth, least: truth - band, most: truth + band };
  // A false figure costs the bound at most. The hold has covered it: the sum of all is within the balance.
  const isFalse = end === 'whole' && report !== 'honest';
  return { truth, least: truth, most: isFalse ? differenceMax : truth };
}

/** What a false claim is above the charge. */
function differenceOf(call: ProvidedCall, prices: ListPrices, charged: bigint): bigint {
  const claim = claimOf(call);
  const isFalse = call.report === 'tenfold' || call.report === 'trillion';
  if (claim === null || !isFalse || call.end !== 'whole') return 0n;
  const difference = priceOf(call.model, claim.prompt, claim.completion, prices) - charged;
  return difference < differenceMax ? difference : differenceMax;
}

function priceOf(model: string, input: number, output: number, prices: ListPrices): bigint {
  const price = prices[model];
  if (price === undefined) throw new Error(`no price for ${model}`);
  return BigInt(input) * price.input + BigInt(output) * price.output;
}
