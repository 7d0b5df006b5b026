import { createUuidV7 } from '@aggregator/service-kit';

/** As many time-ordered ids as asked for, in ascending order, so that rows written together keep their order. */
export function createOrderedIds(count: number): string[] {
  const nowMs = Date.now();
  return Array.from({ length: count }, () => createUuidV7(nowMs)).sort();
}
