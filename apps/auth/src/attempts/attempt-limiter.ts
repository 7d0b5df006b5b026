/** Counts attempts per subject, in this process alone. */
export interface AttemptLimiter {
  /** Takes one attempt. Answers 0 where it is allowed, else the milliseconds until one would be. */
  take(subject: string): number;
  /** Gives the subject its full number again. */
  forget(subject: string): void;
}

/**
 * GCRA: `perMinute` attempts at once, then one each time its share of the minute has passed. Knows at most `subjectsMax`
 * subjects; beyond that it forgets those whose attempts are long past, and only then the one it met first.
 */
export function createAttemptLimiter(options: {
  perMinute: number;
  subjectsMax: number;
  now(): number;
}): AttemptLimiter {
  const intervalMs = 60_000 / options.perMinute;
  const emptyAtMs = new Map<string, number>();

  const makeRoom = (nowMs: number) => {
    for (const [subject, atMs] of emptyAtMs) if (atMs <= nowMs) emptyAtMs.delete(subject);
    const oldest = emptyAtMs.keys().next().value;
    if (emptyAtMs.size >= options.subjectsMax && oldest !== undefined) emptyAtMs.delete(oldest);
  };

  return {
    take(subject) {
      const nowMs = options.now();
      const startMs = Math.max(emptyAtMs.get(subject) ?? 0, nowMs);
      const waitMs = startMs + intervalMs - nowMs - 60_000;
      // A sum of fractions may miss the mark by a hair.
      if (waitMs > 0.001) return waitMs;
      if (!emptyAtMs.has(subject) && emptyAtMs.size >= options.subjectsMax) makeRoom(nowMs);
      emptyAtMs.set(subject, startMs + intervalMs);
      return 0;
    },
    forget(subject) {
      emptyAtMs.delete(subject);
    },
  };
}
