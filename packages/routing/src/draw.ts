/** Returns a number in [0, 1) for one item of the order: by chance, or always the same for the same item. */
export type Lot<T> = (one: T) => number;

/**
 * One weighted order without replacement: each draws −ln(u) / weight and the smallest goes first, so the first place
 * falls to each in proportion to its weight, and so on among those left (Efraimidis and Spirakis, 2006). Weight 0 comes
 * last, in the order given.
 */
export function draw<T>(all: readonly T[], weightOf: (one: T) => number, lot: Lot<T>): T[] {
  return all
    .map((one) => {
      const weight = weightOf(one);
      return { one, time: weight === 0 ? Number.POSITIVE_INFINITY : -Math.log(1 - lot(one)) / weight };
    })
    .sort((first, second) => (first.time === second.time ? 0 : first.time - second.time))
    .map(({ one }) => one);
}
