import { firstIdAt } from '../retention/months.ts';
import type { Month } from './month-bounds.ts';

/** An id has the time of the instance that made it; clocks of instances and database differ by less. */
const clocksDifferMs = 86_400_000;

/** A range of ids that has all rows of a time, and few others: rows are read in the order of their ids. */
export function idsOf({ from, to }: Pick<Month, 'from' | 'to'>): { after: string; to: string } {
  return {
    after: firstIdAt(new Date(from.getTime() - clocksDifferMs)),
    to: firstIdAt(new Date(to.getTime() + clocksDifferMs)),
  };
}
