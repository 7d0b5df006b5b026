/** How much to lease, in nano-USD. */
export interface LeaseQuestion {
  /** What a request needs; more than zero. */
  needed: bigint;
  available: bigint;
  /** The usual size of a lease. */
  target: bigint;
}

/**
 * The usual size, but not more than a tenth of what is available, so that a balance is never locked away at once; and never
 * less than what is needed. Near the end of a balance that makes it exactly what is needed. Null where it does not cover it.
 */
export function sizeLease({ needed, available, target }: LeaseQuestion): bigint | null {
  if (available < needed) return null;
  const tenth = available / 10n;
  const usual = tenth < target ? tenth : target;
  return usual > needed ? usual : needed;
}
