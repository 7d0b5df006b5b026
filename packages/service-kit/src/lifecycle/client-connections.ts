import type { Socket } from 'node:net';
import { toAddressBlock } from '../http/address-block.ts';
import { OpenMap } from './open-map.ts';

export interface ConnectionBounds {
  /** Most connections in all. */
  readonly totalMax: number;
  /** Most connections of one client address (of one /64); null if all clients connect through our own proxy. */
  readonly perAddressMax: number | null;
  /** Called for each connection that is refused or closed to make room. */
  readonly onRefused?: () => void;
}

interface Connection {
  readonly socket: Socket;
  readonly block: string;
  readonly sinceMs: number;
}

/** A connection that had an answer is not closed for another one this soon after it began. */
const freshMs = 1000;
/** After a search that found nothing to close, the next one waits so long: under attack it would cost more than it finds. */
const searchPauseMs = 50;
/** Connections that one full table gives up at a time: a search for one would cost too much under attack. */
const evictedMax = 64;
const refusal = 'HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n';

/**
 * The connections of a server, bounded in all and for each client address. A new connection at a bound closes the oldest
 * ones that wait for nothing: first those that never had an answer, then idle ones. With none to close it gets 503.
 */
export class ClientConnections {
  readonly #bounds: ConnectionBounds;
  readonly #now: () => number;
  readonly #connections = new OpenMap<Socket, Connection>();
  readonly #perBlock = new OpenMap<string, number>();
  #searchFromMs = Number.NEGATIVE_INFINITY;

  constructor(bounds: ConnectionBounds, now: () => number = () => performance.now()) {
    this.#bounds = bounds;
    this.#now = now;
  }

  get size(): number {
    return this.#connections.size;
  }

  /** Takes a new connection or ends it. `readBusy` returns the sockets with an open answer. */
  enter(socket: Socket, readBusy: () => ReadonlySet<Socket>): void {
    const block = toAddressBlock(socket.remoteAddress ?? '');
    const { totalMax, perAddressMax } = this.#bounds;
    const isOverAddress = perAddressMax !== null && (this.#perBlock.get(block) ?? 0) >= perAddressMax;
    if (isOverAddress || this.#connections.size >= totalMax) {
      const evicted = this.#now() < this.#searchFromMs ? 0 : this.#evict(isOverAddress ? block : null, readBusy());
      for (let count = 0; count < Math.max(1, evicted); count += 1) this.#bounds.onRefused?.();
      if (evicted === 0) {
        socket.on('error', () => undefined);
        socket.end(refusal, () => socket.destroy());
        return;
      }
    }
    this.#connections.set(socket, { socket, block, sinceMs: this.#now() });
    this.#perBlock.set(block, (this.#perBlock.get(block) ?? 0) + 1);
    socket.once('close', () => this.#leave(socket));
  }

  #leave(socket: Socket): void {
    const connection = this.#connections.get(socket);
    if (connection === undefined) return;
    this.#connections.delete(socket);
    const left = (this.#perBlock.get(connection.block) ?? 1) - 1;
    if (left === 0) this.#perBlock.delete(connection.block);
    else this.#perBlock.set(connection.block, left);
  }

  /** Returns how many were closed. The table is in the order of arrival. */
  #evict(block: string | null, busy: ReadonlySet<Socket>): number {
    const nowMs = this.#now();
    const silent: Socket[] = [];
    const idle: Socket[] = [];
    for (const connection of this.#connections.values()) {
      if (block !== null && connection.block !== block) continue;
      if (busy.has(connection.socket)) continue;
      if (connection.socket.bytesWritten === 0) silent.push(connection.socket);
      else if (nowMs - connection.sinceMs >= freshMs) idle.push(connection.socket);
      if (silent.length >= evictedMax) break;
    }
    const chosen = [...silent, ...idle].slice(0, Math.min(evictedMax, Math.max(1, this.#bounds.totalMax / 32)));
    for (const socket of chosen) {
      this.#leave(socket);
      socket.destroy();
    }
    if (chosen.length === 0) this.#searchFromMs = nowMs + searchPauseMs;
    return chosen.length;
  }
}
