/** A clock that stands still until a test moves it. Milliseconds. */
export interface FakeClock {
  now(): number;
  advance(byMs: number): void;
}

/** The start is an arbitrary fixed moment (2026-01-01T00:00:00Z), so that a test is the same on every day. */
export function createFakeClock(startMs = Date.UTC(2026, 0, 1)): FakeClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    advance: (byMs) => {
      if (!(byMs >= 0)) throw new RangeError(`A clock cannot go back (${byMs} ms).`);
      nowMs += byMs;
    },
  };
}
