import type { Usage } from '@aggregator/contracts';

/** A provider's usage object as disjoint counters. */
export interface UsageReading {
  readonly usage: Usage;
  /** All that the provider reported, if its figures contradict each other: then `usage` is the smaller reading. */
  readonly reportedUsage: Usage | null;
}

/** The provider reported no usage that can be read. */
export const noUsage = { usage: null, reportedUsage: null } as const;
