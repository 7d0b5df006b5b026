/**
 * Returns how much of a budget the counter store is given: at least what is needed, and a quarter of what the limit leaves, so
 * that few requests have to ask and a store that loses its data loses no more than that. Less if the limit leaves less.
 */
export function sizeGrant({ neededNanoUsd, leftNanoUsd }: { neededNanoUsd: bigint; leftNanoUsd: bigint }): bigint {
  if (leftNanoUsd <= 0n) return 0n;
  const quarter = leftNanoUsd / 4n;
  const wanted = neededNanoUsd > quarter ? neededNanoUsd : quarter;
  return wanted < leftNanoUsd ? wanted : leftNanoUsd;
}
