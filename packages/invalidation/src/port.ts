/**
 * The invalidation channel: short messages that say "forget what you cached", from one service to every instance of
 * another. Delivery is at most once, so every listener also polls an epoch and bounds the age of what it caches.
 */
export interface InvalidationChannel {
  /** Resolves when the store has taken the message; rejects after a deadline when it cannot. */
  publish(channel: string, message: string): Promise<void>;

  /**
   * Calls `onMessage` for each message until `close`; `onGap` when messages may have been missed (a reconnect), as soon
   * as they flow again. Resolves when messages flow; also, after a deadline, when the store cannot be reached: `onGap`
   * is then called when it can.
   */
  subscribe(
    channel: string,
    onMessage: (message: string) => void,
    onGap: () => void,
  ): Promise<{ close(): Promise<void> }>;

  close(): Promise<void>;
}
