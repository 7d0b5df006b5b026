import type { Finality } from './finality.ts';

/**
 * Several tasks look at the same spools and the same log: one look serves all that want one within `ageMs`. A spool that has passed
 * a mark stays so, so an older look can only delay a proof.
 * @param now Milliseconds; only differences count.
 */
export function shareRefresh(finality: Finality, ageMs: number, now: () => number): Finality {
  let lookedMs = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> = Promise.resolve();

  const look = async () => {
    try {
      await finality.refresh();
    } catch (error) {
      lookedMs = Number.NEGATIVE_INFINITY;
      throw error;
    }
  };
  return {
    refresh() {
      if (now() - lookedMs >= ageMs) {
        lookedMs = now();
        looking = look();
      }
      return looking;
    },
    judge: (moment) => finality.judge(moment),
  };
}
