import type { QueryRows } from '@aggregator/database';
import { shareLook } from '@aggregator/service-kit';

/** Far below the pause of workers. They start together, so one look serves all of one second. */
const ageMs = 100;

/**
 * Returns a function that makes the `hasDue` of a queue. One statement looks for due jobs of all queues: an idle service otherwise
 * claims in each of them every second.
 */
export function createDueLook(query: QueryRows): (queue: string) => (now: Date) => Promise<boolean> {
  const queues = new Set<string>();
  let newest = new Date(0);
  const look = shareLook(
    async () => {
      const rows = await query(
        `SELECT name FROM unnest($1::text[]) AS name
         WHERE EXISTS (SELECT FROM work_job WHERE queue = name AND state = 'waiting' AND due_at <= $2::timestamptz)`,
        [[...queues], newest],
      );
      return new Set(rows.map(({ name }) => name));
    },
    ageMs,
    () => performance.now(),
  );
  return (queue) => {
    queues.add(queue);
    return async (now) => {
      newest = now;
      return (await look()).has(queue);
    };
  };
}
