/** As far as a forecast is worth its words. */
export const runwayDaysMax = 3650;

/** Returns for how many whole days a balance lasts at the pace of `spent` in `days`; null if nothing was spent. */
export function runwayDays(balanceNanoUsd: bigint, spentNanoUsd: bigint, days: number): number | null {
  if (spentNanoUsd <= 0n) return null;
  if (balanceNanoUsd <= 0n) return 0;
  const lasts = (balanceNanoUsd * BigInt(days)) / spentNanoUsd;
  return lasts < runwayDaysMax ? Number(lasts) : runwayDaysMax;
}
