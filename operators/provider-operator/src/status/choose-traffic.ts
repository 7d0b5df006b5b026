import type { ProviderStatus } from '@aggregator/contracts';

type Shown = ProviderStatus['traffic'];

const everyMs = 60_000;
const everyMsWhileDraining = 5000;

export interface ChosenTraffic {
  readonly shown: Shown;
  /** When to look again, since what is shown is not the latest; null where it is. */
  readonly againAfterMs: number | null;
}

/**
 * Pure. Figures never rest, and each write of a status goes to everybody who watches: so they are written once a
 * minute, and at once only when there is a first figure, when the breaker changes, or when the last request of a
 * draining provider has ended.
 */
export function chooseTraffic(before: Shown, latest: Shown, ageMs: number, isDraining: boolean): ChosenTraffic {
  if (JSON.stringify(before) === JSON.stringify(latest)) return { shown: before, againAfterMs: null };
  const hasEnded = isDraining && (before?.inFlight ?? 0) > 0 && (latest?.inFlight ?? 0) === 0;
  const isFirst = before === undefined || (before.p95 === undefined && latest?.p95 !== undefined);
  const isNews = isFirst || before.breaker !== latest?.breaker || hasEnded;
  const leftMs = (isDraining ? everyMsWhileDraining : everyMs) - ageMs;
  return isNews || leftMs <= 0 ? { shown: latest, againAfterMs: null } : { shown: before, againAfterMs: leftMs };
}
