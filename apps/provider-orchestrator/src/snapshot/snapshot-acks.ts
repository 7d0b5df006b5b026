import type { SnapshotAck } from '@aggregator/contracts';

export interface ProxyState {
  ack: SnapshotAck;
  /** Unix milliseconds. */
  lastSeenMs: number;
}

/** What each proxy said last about a snapshot. Kept in memory: a proxy says it again after each reconnect. */
export class SnapshotAcks {
  #states = new Map<string, ProxyState>();
  #proxiesMax: number;

  constructor(proxiesMax: number) {
    this.#proxiesMax = proxiesMax;
  }

  /** Of more proxies than there is room for, the one that was silent longest is forgotten. */
  record(ack: SnapshotAck, nowMs: number): void {
    this.#states.delete(ack.proxyId);
    if (this.#states.size >= this.#proxiesMax) {
      const oldest = this.#states.keys().next().value;
      if (oldest !== undefined) this.#states.delete(oldest);
    }
    this.#states.set(ack.proxyId, { ack, lastSeenMs: nowMs });
  }

  /** By the proxies' ids. */
  list(): ProxyState[] {
    return [...this.#states.values()].sort((a, b) => (a.ack.proxyId < b.ack.proxyId ? -1 : 1));
  }
}
