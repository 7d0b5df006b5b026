import type { UsageRecorded } from '@aggregator/contracts';
import { z } from 'zod';

/**
 * The proxy's append-only log of requests on their way to the ledger. An intent is written before the provider is called,
 * the settlement at the end of the turn of the event loop in which the request ends; a shipper sends settlements to the event log and forgets them on its
 * acknowledgement alone. A written record survives `kill -9` of the process at once, and loss of the node after the next
 * group flush.
 */
export interface Spool {
  readonly id: string;

  /**
   * Begins a request that is not sent yet. Its intent is written with its first mark, in one write, or alone with the next
   * group flush. An intent of an event id that is open takes the earlier one's place, and is written at once: a request that
   * continues at another provider.
   * @throws {AppError} `spool_full` at 95 % of `bytesMax`, or when the disk is full. Then nothing may be dispatched.
   */
  prepareIntent(intent: SpoolIntent): void;

  /**
   * Writes a mark on an open intent, at once but without a flush: what was marked before a crash of the process is marked
   * after it. The last mark counts. Without an open intent it does nothing.
   * @throws {AppError} `spool_full` if the disk does not take it: then the marked action must not happen.
   */
  appendMark(eventId: string, mark: string): void;

  /**
   * As `appendMark`, in one write with the other marks and settlements of this turn of the event loop. Returns what must be
   * called before the marked action: it writes what is gathered, if that is not done yet.
   * The function throws `spool_full` if the disk does not take the mark: then the action must not happen.
   */
  gatherMark(eventId: string, mark: string): () => void;

  /**
   * Ends an intent. Written together with the other settlements and marks of this turn of the event loop: with the next
   * mark that is written at once, or at the end of the turn. A crash before that leaves the intent, which recovery settles. Always has room: space for it was reserved with the intent; should the disk fail nevertheless, it is
   * kept in memory and written as soon as the disk allows. Without an open intent of its event id (settled before, or
   * never begun) it is ignored and returns false.
   */
  appendSettlement(settlement: SpoolSettlement): boolean;

  /**
   * Resolves when the settlements so far are written, at the end of this turn; or are kept in memory, if the disk takes
   * nothing. What follows is done for a request that is on record also if the process dies.
   */
  whenWritten(): Promise<void>;

  /** Writes the settlements of this turn now. */
  writeSettlements(): void;

  /** Intents that an earlier process left without a settlement, oldest first; each must be settled once, by recovery. */
  readonly abandonedIntents: readonly AbandonedIntent[];

  /** Damage that opening found and left behind; each case was reported to `onError`. */
  readonly damage: SpoolDamage;

  /** Bytes in use or reserved over `bytesMax`, 0…1; 1 while the disk is full. */
  readFill(): number;

  /** How far this process's log is; see `SpoolProgress`. */
  readProgress(): SpoolProgress;

  /** Event ids of the intents that have no settlement yet, those of earlier processes included. */
  listOpenIntents(): string[];

  hasOpenIntent(eventId: string): boolean;

  /** Intents and settlements that have not been acknowledged by the event log. */
  readPending(): { openIntents: number; unshippedSettlements: number };

  /** Resolves when everything settled so far is acknowledged; rejects after `deadlineMs`. */
  waitUntilShipped(deadlineMs: number): Promise<void>;

  /** Stops the shipper, flushes, closes. Settlements that are not shipped stay for the next process. */
  close(): Promise<void>;
}

/**
 * When `shipped` reaches the `settled` of an earlier moment, the event log has acknowledged every settlement that there was
 * at that moment. Both grow only.
 */
export interface SpoolProgress {
  /** Of this opening; each opening of the directory has a higher one. */
  readonly epoch: number;
  /** Number of the last settlement of this epoch; 0 before the first. */
  readonly seq: number;
  /** Settlements of this process, and those that it found unshipped. */
  readonly settled: number;
  /** How many of them the event log has acknowledged. */
  readonly shipped: number;
}

export interface SpoolDamage {
  /** Ends of segments that a crash tore off; nothing that was appended before a crash of the process alone is in them. */
  readonly tornRecords: number;
  /** Records in the middle that are not what was written. */
  readonly corruptRecords: number;
}

export interface SpoolOptions {
  /** Made if it does not exist; one process at a time may hold it (a lock file with the process's id). */
  directory: string;
  bytesMax: number;
  /** At most a quarter of `bytesMax`. A segment is deleted as a whole, when all of it is settled and shipped. */
  segmentBytesMax: number;
  /** Longest time between a write and its `fdatasync`. */
  flushIntervalMs: number;
  /**
   * Publishes settlements in order; resolves when they are durable. Rejected shipments are retried with back-off, without end, and
   * so are shipments without an answer after a minute. After a crash the last ones are published again.
   * `texts` are the same settlements as JSON, so that no reader serializes them again.
   */
  ship(events: readonly UsageRecorded[], texts: readonly string[]): Promise<void>;
  shipBatchMax: number;
  onError(error: unknown): void;
}

/** A settlement as the proxy makes it; the spool adds its own id, epoch and sequence. */
export type SpoolSettlement = Omit<UsageRecorded, 'spool'>;

/** All that recovery needs to settle a request whose process died. `body` is the proxy's own; the spool does not read it. */
export const spoolIntent = z.strictObject({
  eventId: z.string(),
  time: z.iso.datetime(),
  body: z.json(),
});
export type SpoolIntent = z.infer<typeof spoolIntent>;

/** An intent of an earlier process, with its last mark; null if it has none. */
export interface AbandonedIntent extends SpoolIntent {
  readonly mark: string | null;
}
