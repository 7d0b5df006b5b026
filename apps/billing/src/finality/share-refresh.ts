import { shareLook } from '@aggregator/service-kit';
import type { Finality } from './finality.ts';

/**
 * Several tasks look at the same spools and the same log: one look serves all that want one within `ageMs`. A spool that has passed
 * a mark stays so, so an older look can only delay a proof.
 * @param now Milliseconds; only differences count.
 */
export function shareRefresh(finality: Finality, ageMs: number, now: () => number): Finality {
  return {
    refresh: shareLook(() => finality.refresh(), ageMs, now),
    judge: (moment) => finality.judge(moment),
  };
}
