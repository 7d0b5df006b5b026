import type { UsageTotals } from '@aggregator/contracts';
import { z } from 'zod';

const sum = z.string().transform(BigInt);

/** A group as the database returns it: sums as text, so that they stay exact. */
export const groupRow = z.object({
  group: z.string(),
  requests: sum,
  completed: sum,
  failed: sum,
  inputTokens: sum,
  outputTokens: sum,
  amountNanoUsd: sum,
  latencyMsSum: sum,
});
export type GroupRow = z.output<typeof groupRow>;
export type Sums = Omit<GroupRow, 'group'>;

export const nothing: Sums = {
  requests: 0n,
  completed: 0n,
  failed: 0n,
  inputTokens: 0n,
  outputTokens: 0n,
  amountNanoUsd: 0n,
  latencyMsSum: 0n,
};

export const add = (left: Sums, right: Sums): Sums => combine(left, right, 1n);
export const subtract = (left: Sums, right: Sums): Sums => combine(left, right, -1n);

function combine(left: Sums, right: Sums, sign: bigint): Sums {
  return {
    requests: left.requests + sign * right.requests,
    completed: left.completed + sign * right.completed,
    failed: left.failed + sign * right.failed,
    inputTokens: left.inputTokens + sign * right.inputTokens,
    outputTokens: left.outputTokens + sign * right.outputTokens,
    amountNanoUsd: left.amountNanoUsd + sign * right.amountNanoUsd,
    latencyMsSum: left.latencyMsSum + sign * right.latencyMsSum,
  };
}

export function toTotals(sums: Sums): UsageTotals {
  return {
    requests: Number(sums.requests),
    failedRequests: Number(sums.failed),
    inputTokens: Number(sums.inputTokens),
    outputTokens: Number(sums.outputTokens),
    totalTokens: Number(sums.inputTokens + sums.outputTokens),
    costNanoUsd: sums.amountNanoUsd.toString(),
    latencyMsMean: sums.completed === 0n ? null : Number(sums.latencyMsSum) / Number(sums.completed),
  };
}
