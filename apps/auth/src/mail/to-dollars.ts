const nanoUsdPerCent = 10_000_000n;

/** Whole cents, rounded down. */
export function toDollars(nanoUsd: bigint): string {
  const cents = nanoUsd / nanoUsdPerCent;
  return `$${cents / 100n}.${(cents % 100n).toString().padStart(2, '0')}`;
}
