import type { UsageRange } from './read-range.ts';

/** A half-open part of a range, and the length of the rows that hold its sums. */
export interface RangePart extends UsageRange {
  step: 'minute' | 'hour' | 'day';
}

const dayMs = 86_400_000;

/**
 * The parts of a range that together hold each of its events once: days where the range has whole ones, and hours at its
 * ends, so that few rows are read. Groups of a minute or an hour need rows of that length.
 */
export function splitRange({ from, to }: UsageRange, groupBy: string): RangePart[] {
  if (groupBy === 'minute' || groupBy === 'hour') return [{ step: groupBy, from, to }];
  const firstDay = new Date(Math.ceil(from.getTime() / dayMs) * dayMs);
  const lastDay = new Date(Math.floor(to.getTime() / dayMs) * dayMs);
  if (firstDay >= lastDay) return [{ step: 'hour', from, to }];
  const parts: RangePart[] = [
    { step: 'hour', from, to: firstDay },
    { step: 'day', from: firstDay, to: lastDay },
    { step: 'hour', from: lastDay, to },
  ];
  return parts.filter((part) => part.from < part.to);
}
