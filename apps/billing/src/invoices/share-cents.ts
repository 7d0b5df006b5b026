const nanoPerCent = 10_000_000n;

export interface SharedCents {
  /** For each line; their sum is `total`. */
  readonly cents: bigint[];
  readonly total: bigint;
  /** Nano-USD, from 0 to less than a cent: for the next document. */
  readonly carried: bigint;
}

/**
 * Turns exact amounts into whole cents: the total is rounded down, and what it lacks to the nano is carried to the next
 * document. The cents that rounding each line down leaves over go to the lines with the largest remainders, so that the
 * lines add up to the total. Null if nothing of a cent or more is due.
 * @param amounts nano-USD of each line; a line of corrections may be below zero.
 * @param carriedIn nano-USD of the documents before.
 */
export function shareCents(amounts: readonly bigint[], carriedIn: bigint): SharedCents | null {
  const due = amounts.reduce((sum, amount) => sum + amount, carriedIn);
  if (due < nanoPerCent) return null;
  const total = due / nanoPerCent;
  const cents = amounts.map(floorCents);
  const left = total - cents.reduce((sum, part) => sum + part, 0n);
  const order = amounts.map((amount, index) => ({ index, rest: amount - floorCents(amount) * nanoPerCent }));
  order.sort((one, other) => (one.rest === other.rest ? one.index - other.index : one.rest < other.rest ? 1 : -1));
  // Below zero if much was carried in: then the largest remainders lose least, and the smallest go first.
  if (left < 0n) order.reverse();
  const [whole, rest] = [left / BigInt(order.length), left % BigInt(order.length)];
  const extra = Number(rest < 0n ? -rest : rest);
  for (const [at, { index }] of order.entries()) {
    const step = at < extra ? (rest < 0n ? -1n : 1n) : 0n;
    cents[index] = (cents[index] ?? 0n) + whole + step;
  }
  return { cents, total, carried: due - total * nanoPerCent };
}

const floorCents = (nano: bigint) => nano / nanoPerCent - (nano % nanoPerCent < 0n ? 1n : 0n);

/** The tax that an amount contains, in cents, rounded half up. `ppm`: millionths of the net amount. */
export function containedTax(totalCents: bigint, ppm: number): bigint {
  const divisor = 1_000_000n + BigInt(ppm);
  return (totalCents * BigInt(ppm) * 2n + divisor) / (divisor * 2n);
}
