import { type BackOff, pauseAfter } from '@aggregator/resilience';

/** Anywhere from nothing to the whole pause, so that those who failed together do not come back together. */
export function fullJitterMs(backOff: BackOff, failures: number, random: () => number): number {
  return random() * pauseAfter(failures, backOff);
}
