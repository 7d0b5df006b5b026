import type { Condition, LabelMatch, Reading } from '../rule.ts';

const equal = (labels: Readonly<Record<string, string>>): LabelMatch[] =>
  Object.entries(labels).map(([label, value]) => ({ label, is: '=', value }));

/** Returns a condition on the greatest value of a gauge. */
export function maxAbove(name: string, threshold: number, by?: readonly string[]): Condition {
  return { reading: { read: 'max', of: { name }, ...(by && { by }) }, is: '>', threshold };
}

/** Returns a condition on the least value of a gauge: no process has a smaller one. */
export function minAbove(name: string, threshold: number): Condition {
  return { reading: { read: 'min', of: { name } }, is: '>', threshold };
}

/** Returns how much a counter grew in the window. */
export function increaseOf(name: string, minutes: number, labels: Readonly<Record<string, string>> = {}): Reading {
  const where = equal(labels);
  return { read: 'increase', of: { name, ...(where.length > 0 && { where }) }, minutes };
}

/** Returns a condition that holds if a counter has grown in the window. */
export function grew(name: string, minutes: number, labels: Readonly<Record<string, string>> = {}): Condition {
  return { reading: increaseOf(name, minutes, labels), is: '>', threshold: 0 };
}
