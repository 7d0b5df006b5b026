import type { Spanned } from './span.ts';

/**
 * Returns entries of which no two with the same key hold at the same instant, from now on. Where several could, the one that begins
 * last holds, and of those the first in the list; what it interrupts continues after its end.
 * @param nowMs Unix milliseconds.
 * @param keyOf What the entry is about: kind and model of a price, for example.
 */
export function layOutSpans<Entry extends Spanned>(
  entries: readonly Entry[],
  nowMs: number,
  keyOf: (entry: Entry) => string,
): Entry[] {
  const groups = Map.groupBy(entries, keyOf);
  return [...groups.values()].flatMap((own) => (own.length === 1 ? own : layOut(own, nowMs)));
}

function layOut<Entry extends Spanned>(own: readonly Entry[], nowMs: number): Entry[] {
  const edges = own
    .flatMap((entry) => [beginOf(entry), endOf(entry)])
    .filter((ms) => ms > nowMs && Number.isFinite(ms));
  const starts = [...new Set([nowMs, ...edges])].sort((one, other) => one - other);
  const spans: { entry: Entry; startMs: number; endMs: number }[] = [];
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

function findHolding<Entry extends Spanned>(own: readonly Entry[], ms: number): Entry | undefined {
  let found: Entry | undefined;
  for (const entry of own) {
    if (beginOf(entry) > ms || endOf(entry) <= ms) continue;
    if (found === undefined || beginOf(entry) > beginOf(found)) found = entry;
  }
  return found;
}

const beginOf = ({ effectiveFrom }: Spanned): number =>
  effectiveFrom === undefined ? Number.NEGATIVE_INFINITY : Date.parse(effectiveFrom);
const endOf = ({ effectiveTo = null }: Spanned): number =>
  effectiveTo === null ? Number.POSITIVE_INFINITY : Date.parse(effectiveTo);
