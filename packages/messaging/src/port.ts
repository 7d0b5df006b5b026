/**
 * The event log: facts, kept in order per key, delivered at least once to each group. Consumers are idempotent; the log
 * never pretends to be exactly-once.
 */
export interface EventLog {
  /**
   * Resolves when every record is durable (Kafka: `acks=all`; RabbitMQ and NATS: confirmed; embedded: committed). On rejection any of them may be in the
   * log or not; publishing again is safe. Rejects after `deadlineMs` at the latest. Order is kept per key.
   */
  publish(topic: string, records: readonly EventRecord[]): Promise<void>;

  /**
   * Starts a member of `group`. A new group starts at the oldest record. Resolves when it is subscribed; rejects after a
   * deadline when it cannot subscribe; from then on it heals by itself. Batches of one partition come one after the other;
   * the position advances only after `handle` has resolved.
   */
  consume(options: ConsumeOptions): Promise<EventConsumer>;

  /**
   * Returns how far a group has read, for each partition of the topic. The ends are read before the positions: a group that
   * is at the end here has handled every record that was durable before the call. The distance is the number of unread
   * records, or greater where an adapter writes its own entries (RabbitMQ). Rejects if the log does not answer within a
   * deadline.
   */
  readPositions(topic: string, group: string): Promise<readonly PartitionPosition[]>;

  /** Rejects if the log cannot take a record now; for readiness. */
  checkHealth(): Promise<void>;

  close(): Promise<void>;
}

export interface EventRecord {
  /** Decides the partition: the organisation's id. */
  key: string;
  /** UTF-8 JSON. */
  value: string;
  /** Where given, a log may drop a second record of the same id that comes soon after the first (NATS does). */
  id?: string;
}

/** Offsets of one partition. */
export interface PartitionPosition {
  partition: number;
  /** The first record that the group has not handled; 0n for a group that has handled none. */
  position: bigint;
  /** The offset that the next record gets. */
  end: bigint;
}

export interface ConsumedRecord extends EventRecord {
  topic: string;
  partition: number;
  /** Decimal string; grows within the partition. */
  offset: string;
}

export interface ConsumeOptions {
  topic: string;
  group: string;
  /** Most records in one call of `handle`. */
  batchMax: number;
  /**
   * Write first: resolve only when the effects are durable. A rejection means that nothing could be done for now (a
   * database is down): the same records come again after a back-off, for ever. Records that can never be handled are
   * named in the answer; they go to the dead-letter topic with their reason before the position moves on.
   */
  handle(records: readonly ConsumedRecord[]): Promise<HandleAnswer>;
  deadLetterTopic: string;
  /** Called for each rejection of `handle` and each lost connection. */
  onError(error: unknown): void;
}

export interface HandleAnswer {
  rejected: readonly { record: ConsumedRecord; reason: string }[];
}

/** A record of the dead-letter topic, as JSON. */
export interface DeadLetter {
  reason: string;
  topic: string;
  partition: number;
  offset: string;
  key: string;
  /** Cut at 150 000 characters; the whole record stays at its offset. */
  value: string;
}

export interface EventConsumer {
  /** Finishes the batch in hand, commits its position, leaves the group. */
  close(): Promise<void>;
}
