import type { Condition } from '@aggregator/contracts';
import type { Metrics } from '@aggregator/service-kit';

/** How many objects of a kind have each condition in each state; ids belong into logs. */
export interface ConditionCounts {
  set(uid: string, conditions: readonly Condition[]): void;
  remove(uid: string): void;
}

export function createConditionCounts(metrics: Metrics, name: string, kinds: string): ConditionCounts {
  const gauge = metrics.gauge(name, `${kinds} by condition and its status.`, ['type', 'status']);
  const known = new Map<string, readonly Condition[]>();
  const add = (conditions: readonly Condition[], by: number) => {
    for (const { type, status } of conditions) gauge.inc({ type, status }, by);
  };
  return {
    set(uid, conditions) {
      add(known.get(uid) ?? [], -1);
      add(conditions, 1);
      known.set(uid, conditions);
    },
    remove(uid) {
      add(known.get(uid) ?? [], -1);
      known.delete(uid);
    },
  };
}
