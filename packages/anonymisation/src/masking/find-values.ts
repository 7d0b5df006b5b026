import type { Detector, Span } from '../detectors/detector.ts';
import { type Kind, labels, placeholderPattern } from '../labels.ts';

const priorities = new Map(Object.keys(labels).map((kind, at) => [kind, at]));
const placeholder = new RegExp(placeholderPattern, 'g');

/**
 * Returns the values to mask in a text, from left to right, without overlap: of those that overlap the longest, then the most
 * particular. Text that already looks like a placeholder is never a part of a value.
 */
export function findValues(text: string, detectors: readonly Detector[]): readonly Span[] {
  const found = detectors.flatMap((detector) => detector.find(text));
  if (found.length === 0) return found;
  found.sort(byRank);
  const taken = new Uint8Array(text.length);
  for (const { 0: match, index } of text.matchAll(placeholder)) taken.fill(1, index, index + match.length);
  const chosen = found.filter(({ start, end }) => {
    if (isTaken(taken, start, end)) return false;
    taken.fill(1, start, end);
    return true;
  });
  return chosen.sort((one, other) => one.start - other.start);
}

function byRank(one: Span, other: Span): number {
  return (
    other.end - other.start - (one.end - one.start) || rankOf(one.kind) - rankOf(other.kind) || one.start - other.start
  );
}

function rankOf(kind: Kind): number {
  return priorities.get(kind) ?? priorities.size;
}

/** Spans are short, of a name or a number: it costs little to look at every place. */
function isTaken(taken: Uint8Array, start: number, end: number): boolean {
  return taken.subarray(start, end).includes(1);
}
