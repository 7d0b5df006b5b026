/** Nano-USD, each 0 or more. What a correction moves, and between whom. */
export interface CorrectionAllotment {
  /** available → revenue */
  fromAvailable: bigint;
  /** platform_loss → revenue: what the free balance does not cover. */
  fromPlatformLoss: bigint;
  /** revenue → available */
  toAvailable: bigint;
  /** revenue → platform_loss: what the organisation never paid. */
  toPlatformLoss: bigint;
}

/** Nano-USD. */
export interface CorrectionQuestion {
  settled: bigint;
  actual: bigint;
  /** What the organisation paid of `settled`; the rest was the platform's loss. */
  collected: bigint;
  available: bigint;
}

/**
 * Divides the difference between a settlement and the truth. More is taken from the free balance, never below zero, and the
 * rest is the platform's loss. Leased money is not taken: the counter store has it as credit. Less is given back so that
 * the organisation has paid the truth at most; the platform's loss shrinks by the rest.
 */
export function allotCorrection({ settled, actual, collected, available }: CorrectionQuestion): CorrectionAllotment {
  const owed = actual > settled ? actual - settled : 0n;
  const returned = settled > actual ? settled - actual : 0n;
  const fromAvailable = owed < available ? owed : available;
  const overpaid = collected > actual ? collected - actual : 0n;
  const toAvailable = overpaid < returned ? overpaid : returned;
  return {
    ...{ fromAvailable, fromPlatformLoss: owed - fromAvailable },
    ...{ toAvailable, toPlatformLoss: returned - toAvailable },
  };
}
