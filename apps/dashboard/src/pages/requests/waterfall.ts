interface Timed {
  readonly latencyMs: number;
}

export type Bar<Attempt> = Attempt & {
  /** 1 for the first. */
  readonly number: number;
  /** Where it begins, and how long it is, in percent of all attempts together. */
  readonly startPercent: number;
  readonly widthPercent: number;
};

/** Returns attempts, which follow one another, with their places in the whole time; nothing is wide if no time passed. */
export function toWaterfall<Attempt extends Timed>(attempts: readonly Attempt[]): Bar<Attempt>[] {
  const wholeMs = attempts.reduce((sum, { latencyMs }) => sum + latencyMs, 0) || 1;
  let startMs = 0;
  return attempts.map((attempt, at) => {
    const bar = {
      ...{ ...attempt, number: at + 1, startPercent: (100 * startMs) / wholeMs },
      widthPercent: (100 * attempt.latencyMs) / wholeMs,
    };
    startMs += attempt.latencyMs;
    return bar;
  });
}
