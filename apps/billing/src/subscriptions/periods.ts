export interface Period {
  readonly from: Date;
  /** The first instant of the next period. */
  readonly to: Date;
}

/** Returns a month of a subscription: the one with this index, counted from its anchor. Both ends are in UTC. */
export function periodAt(anchor: Date, index: number): Period {
  return { from: addMonths(anchor, index), to: addMonths(anchor, index + 1) };
}

/** The same day and time some months later; the last day of a month that is too short. */
function addMonths(instant: Date, months: number): Date {
  const moved = new Date(instant);
  moved.setUTCDate(1);
  moved.setUTCMonth(moved.getUTCMonth() + months);
  const days = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)).getUTCDate();
  moved.setUTCDate(Math.min(instant.getUTCDate(), days));
  return moved;
}

/** The part of an amount for what is left of a period, rounded towards zero. 0 when the period is over. */
export function prorate(amountNanoUsd: bigint, { from, to }: Period, now: Date): bigint {
  const left = BigInt(Math.max(0, to.getTime() - Math.max(now.getTime(), from.getTime())));
  return (amountNanoUsd * left) / BigInt(to.getTime() - from.getTime());
}
