import type { Advice, Price, Rates, Steps, Usage } from '@aggregator/contracts';
import { formatNanoUsd, priceUsage } from '@aggregator/pricing';

/** A charged request as advice sees it. */
export interface PastRequest {
  readonly requestId: string;
  /** Unix milliseconds. */
  readonly beganMs: number;
  readonly endedMs: number;
  readonly provider: string;
  readonly model: string;
  readonly operation: string;
  readonly keyId: string | null;
  readonly userId: string;
  readonly usage: Usage;
  readonly price: Price;
  /** Nano-USD. */
  readonly amount: bigint;
  /** False if it is not known. */
  readonly isWhole: boolean;
  readonly isCompleted: boolean;
  /** True if the answer cache has served it. */
  readonly isHit: boolean;
  readonly bodyHash: string | null;
  readonly prefixHash: string | null;
  readonly prefixPermille: number;
}

/** A request, and what it would have cost, in nano-USD. */
export interface Repriced {
  readonly request: PastRequest;
  readonly wouldCost: bigint;
}

/** What a usage costs by other rates, in nano-USD; null if one of its counters has no rate. */
export function priceOrNull(usage: Usage, rates: Rates): bigint | null {
  try {
    return priceUsage(usage, rates);
  } catch {
    return null;
  }
}

const examplesMax = 3;

/** Returns the advice that a list of requests leads to; null if nothing would have been saved. */
export function toAdvice(
  facts: Pick<Advice, 'kind' | 'current' | 'proposed' | 'keyId'> & { explain(saved: bigint): string },
  repriced: readonly Repriced[],
): Advice | null {
  const { explain, ...named } = facts;
  let [paid, wouldCost] = [0n, 0n];
  for (const one of repriced) {
    paid += one.request.amount;
    wouldCost += one.wouldCost;
  }
  if (wouldCost >= paid) return null;
  return {
    ...named,
    requests: repriced.length,
    paidNanoUsd: formatNanoUsd(paid),
    wouldCostNanoUsd: formatNanoUsd(wouldCost),
    savedNanoUsd: formatNanoUsd(paid - wouldCost),
    explanation: explain(paid - wouldCost),
    examples: repriced.slice(0, examplesMax).map(({ request }) => request.requestId),
  };
}

/** Groups requests by what is the same in them, each group in the order of time. */
export function* groupInOrder(
  requests: readonly PastRequest[],
  keyOf: (request: PastRequest) => readonly unknown[] | null,
): Steps<PastRequest[][]> {
  const groups = new Map<string, PastRequest[]>();
  for (const request of requests) {
    const key = keyOf(request);
    if (key === null) continue;
    const name = JSON.stringify(key);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [request]);
    else group.push(request);
    yield;
  }
  return [...groups.values()].map((group) => group.sort((one, other) => one.beganMs - other.beganMs));
}

export const servedBy = ({ provider, model }: PastRequest) => ({ provider, model });
