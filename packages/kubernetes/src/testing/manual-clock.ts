import type { Clock } from '../port.ts';

/** A clock that moves, and whose timers fire, only by `advance`. */
export interface ManualClock extends Clock {
  /** Fires what becomes due in its order, and lets what that sets off run up to its next wait, before the next one. */
  advance(byMs: number): Promise<void>;
  /** Moves the wall's clock alone. */
  jump(byMs: number): void;
  readonly timers: number;
}

/** Turns of the event loop after each timer: enough for promises that wait on promises, and for no more. */
const turns = 5;

export function createManualClock(): ManualClock {
  const timers = new Set<{ atMs: number; callback: () => void }>();
  let nowMs = 1000;
  let wallOffsetMs = Date.UTC(2026, 0, 1);
  const settle = async () => {
    for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const nextBefore = (endMs: number) =>
    [...timers].filter(({ atMs }) => atMs <= endMs).sort((one, other) => one.atMs - other.atMs)[0];

  return {
    nowMs: () => nowMs,
    wallMs: () => wallOffsetMs + nowMs,
    after(delayMs, callback) {
      const timer = { atMs: nowMs + delayMs, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(byMs) {
      const endMs = nowMs + byMs;
      await settle();
      for (let timer = nextBefore(endMs); timer !== undefined; timer = nextBefore(endMs)) {
        nowMs = Math.max(nowMs, timer.atMs);
        timers.delete(timer);
        timer.callback();
        await settle();
      }
      nowMs = endMs;
    },
    jump(byMs) {
      wallOffsetMs += byMs;
    },
    get timers() {
      return timers.size;
    },
  };
}
