import type { ReconciliationKind } from '@aggregator/contracts';

/** One difference. `subject` names what differs and by how much, so that the same difference is found again as the same. */
export interface Found {
  /** Null: of the whole installation. */
  orgId: string | null;
  /** At most 300 characters. */
  subject: string;
  details: Readonly<Record<string, string>>;
}

/** The result of one run of a check. */
export interface Outcome {
  found: readonly Found[];
  /** What was compared, for the report. */
  facts: Readonly<Record<string, string>>;
  /** Handed to the next run, also by another instance. JSON. */
  next?: unknown;
}

/** One comparison that is made again and again, by one instance at a time. */
export interface Check {
  kind: ReconciliationKind;
  intervalMs: number;
  /**
   * Compares. Returns null where it cannot be decided now: the next step tries again. Rejects if a part does not answer.
   * @param last `next` of the last run; null before the first.
   */
  run(last: unknown): Promise<Outcome | null>;
}
