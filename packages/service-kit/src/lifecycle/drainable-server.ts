import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { toOriginForm } from '../http/origin-form.ts';
import { ClientConnections, type ConnectionBounds } from './client-connections.ts';
import { OpenMap } from './open-map.ts';
import { Roster } from './roster.ts';
import { StalledAnswers } from './stalled-answers.ts';

export interface ServerBounds {
  /** Null: as many as the operating system allows. */
  readonly connections: ConnectionBounds | null;
  /** After so long without progress of a client that does not read, its connection is closed. */
  readonly stalledAfterMs: number;
  readonly onStalled?: () => void;
}

export const defaultServerBounds: ServerBounds = { connections: null, stalledAfterMs: 60_000 };

/** Connections that wait to be accepted: a burst of clients that finds no room there is reset by the operating system. */
const backlog = 4096;
/**
 * Requests that one connection may have open. A client that sends more without waiting for answers loses the connection: one
 * read can hold thousands of them, and other clients would wait until all have begun.
 */
const pipelinedMax = 32;
/** Looks for stalled answers in one such time. */
const looksPerStall = 12;

/**
 * A hardened HTTP server that can be emptied without breaking an answer. Node's own way closes connections whose answer
 * is written but not yet sent, and so tears the end off what a slow client reads.
 */
export class DrainableServer {
  readonly #server: Server;
  /** Each with how many of its answers are not sent to their last byte. */
  readonly #sockets = new OpenMap<Socket, number>();
  /** The answers that are not sent to their last byte. */
  readonly #open = new Roster<ServerResponse>();
  /** Every answer says from now on that it is the last of its connection. */
  #isAnnounced = false;
  #isDraining = false;
  readonly #bounds: ServerBounds;
  readonly #stalled: StalledAnswers;
  #stallTimer: NodeJS.Timeout | undefined;

  constructor(listener: RequestListener, bounds: ServerBounds = defaultServerBounds) {
    this.#bounds = bounds;
    this.#stalled = new StalledAnswers(bounds.stalledAfterMs);
    const clients = bounds.connections === null ? null : new ClientConnections(bounds.connections);
    this.#server = createHardenedServer((request, response) => {
      const { socket } = request;
      // What the read that overstepped the bound still holds arrives here as well.
      if (socket.destroyed) return;
      const openOfSocket = this.#sockets.get(socket) ?? 0;
      if (openOfSocket >= pipelinedMax) {
        socket.destroy();
        return;
      }
      this.#sockets.set(socket, openOfSocket + 1);
      if (!request.url?.startsWith('/')) request.url = toOriginForm(request.url ?? '/');
      const leave = this.#open.enter(response);
      response.once('close', () => {
        leave();
        this.#leaveSocket(socket);
      });
      if (this.#isAnnounced) response.shouldKeepAlive = false;
      listener(request, response);
    });
    // Node calls this by itself when the server is closed.
    this.#server.closeIdleConnections = () => this.#closeIdle();
    this.#server.on('connection', (socket) => {
      this.#sockets.set(socket, 0);
      socket.once('close', () => this.#sockets.delete(socket));
      if (this.#isDraining) socket.destroy();
      else clients?.enter(socket, () => this.#readBusy());
    });
  }

  /** Resolves with the port. */
  listen(host: string, port: number): Promise<number> {
    this.#stallTimer = setInterval(() => this.#closeStalled(), this.#bounds.stalledAfterMs / looksPerStall).unref();
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ port, host, backlog }, () => {
        this.#server.off('error', reject);
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  /**
   * Closes each connection as soon as its answers are sent, and all when the grace is over. A request that still arrives on
   * one of them is answered with `connection: close`. For the first `quietMs`, connections that wait for nothing are
   * left: a client that is just sending its next request would find its own closed, and could not know whether it was read.
   * New ones are taken as long, and none after it.
   */
  async drain(graceMs: number, quietMs = 0): Promise<void> {
    this.#isAnnounced = true;
    for (const response of this.#open) response.shouldKeepAlive = false;
    const deadline = setTimeout(() => this.#server.closeAllConnections(), graceMs);
    if (quietMs > 0) await wait(Math.min(quietMs, graceMs / 2));
    this.#isDraining = true;
    await this.#close();
    clearTimeout(deadline);
  }

  /** Ends it at once, with everything that is open. */
  async destroy(): Promise<void> {
    const closed = this.#close();
    this.#server.closeAllConnections();
    await closed;
  }

  #close(): Promise<void> {
    return new Promise((resolve) => {
      // The server reports an error if it never listened; then there is nothing to close.
      this.#server.close(() => {
        clearInterval(this.#stallTimer);
        resolve();
      });
    });
  }

  #readBusy(): ReadonlySet<Socket> {
    return new Set([...this.#open].map((response) => response.req.socket));
  }

  #leaveSocket(socket: Socket): void {
    const openOfSocket = this.#sockets.get(socket);
    // It has closed.
    if (openOfSocket === undefined) return;
    this.#sockets.set(socket, openOfSocket - 1);
    if (this.#isDraining && openOfSocket === 1) socket.destroySoon();
  }

  #closeStalled(): void {
    for (const socket of this.#stalled.look(this.#open)) {
      socket.destroy();
      this.#bounds.onStalled?.();
    }
  }

  #closeIdle(): void {
    for (const [socket, openOfSocket] of this.#sockets) if (openOfSocket === 0) socket.destroySoon();
  }
}

/** Bounds on what a client may do to a connection: slow headers, huge headers, idle sockets. */
function createHardenedServer(listener: RequestListener): Server {
  const server = createServer(
    {
      maxHeaderSize: 32 * 1024,
      headersTimeout: 10_000,
      requestTimeout: 120_000,
      keepAliveTimeout: 65_000,
      connectionsCheckingInterval: 2000,
      insecureHTTPParser: false,
    },
    listener,
  );
  server.maxHeadersCount = 200;
  server.maxRequestsPerSocket = 0;
  return server;
}
