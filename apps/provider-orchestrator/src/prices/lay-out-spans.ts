import type { PriceEntry } from '@aggregator/contracts';

/**
 * Returns entries of which no two of one kind and model hold at the same instant, from now on. Where several could, the one that begins
 * last holds, and of those the first in the list; what it interrupts continues after its end.
 * @param nowMs Unix milliseconds.
 */
export function layOutSpans(entries: readonly PriceEntry[], nowMs: number): PriceEntry[] {
  const groups = Map.groupBy(entries, ({ kind, provider, model }) => JSON.stringify([kind, provider, model]));
  return [...groups.values()].flatMap((own) => (own.length === 1 ? own : layOut(own, nowMs)));
}

function layOut(own: readonly PriceEntry[], nowMs: number): PriceEntry[] {
  const edges = own
    .flatMap((entry) => [beginOf(entry), endOf(entry)])
    .filter((ms) => ms > nowMs && Number.isFinite(ms));
  const starts = [...new Set([nowMs, ...edges])].sort((one, other) => one - other);
  const spans: { entry: PriceEntry; startMs: number; endMs: number }[] = [];
  for (const [at, startMs] of starts.entries()) {
    const endMs = starts[at + 1] ?? Number.POSITIVE_INFINITY;
    const entry = findHolding(own, startMs);
    const last = spans.at(-1);
    if (entry === undefined) continue;
    if (last?.entry === entry && last.endMs === startMs) last.endMs = endMs;
    else spans.push({ entry, startMs, endMs });
  }
  return spans.map(({ entry, startMs, endMs }) => ({
    ...entry,
    effectiveFrom: startMs === nowMs ? entry.effectiveFrom : new Date(startMs).toISOString(),
    effectiveTo: Number.isFinite(endMs) ? new Date(endMs).toISOString() : null,
  }));
}

function findHolding(own: readonly PriceEntry[], ms: number): PriceEntry | undefined {
  let found: PriceEntry | undefined;
  for (const entry of own) {
    if (beginOf(entry) > ms || endOf(entry) <= ms) continue;
    if (found === undefined || beginOf(entry) > beginOf(found)) found = entry;
  }
  return found;
}

const beginOf = ({ effectiveFrom }: PriceEntry): number =>
  effectiveFrom === undefined ? Number.NEGATIVE_INFINITY : Date.parse(effectiveFrom);
const endOf = ({ effectiveTo = null }: PriceEntry): number =>
  effectiveTo === null ? Number.POSITIVE_INFINITY : Date.parse(effectiveTo);
