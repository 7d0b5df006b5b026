import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Roster } from './roster.ts';

/**
 * A hardened HTTP server that can be emptied without breaking an answer. Node's own way closes connections whose answer
 * is written but not yet sent, and so tears the end off what a slow client reads.
 */
export class DrainableServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Answers that are not sent to their last byte. */
  readonly #open = new Roster<ServerResponse>();
  /** Every answer says from now on that it is the last of its connection. */
  #isTold = false;
  #isDraining = false;

  constructor(listener: RequestListener) {
    this.#server = createHardenedServer((request, response) => {
      const leave = this.#open.enter(response);
      response.once('close', () => {
        leave();
        if (this.#isDraining) this.#closeIdle();
      });
      if (this.#isTold) response.shouldKeepAlive = false;
      listener(request, response);
    });
    // Node calls this by itself when the server is closed.
    this.#server.closeIdleConnections = () => this.#closeIdle();
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      if (this.#isDraining) socket.destroy();
    });
  }

  /** Resolves with the port. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  /**
   * Closes each connection as soon as its answers are sent, and all when the grace is over. A request that still arrives on
   * one of them is answered, and told that it was the last. For the first `quietMs`, connections that wait for nothing are
   * left: a client that is just sending its next request would find its own closed, and could not know whether it was read.
   * New ones are taken as long, and none after it.
   */
  async drain(graceMs: number, quietMs = 0): Promise<void> {
    this.#isTold = true;
    for (const response of this.#open) response.shouldKeepAlive = false;
    const deadline = setTimeout(() => this.#server.closeAllConnections(), graceMs);
    if (quietMs > 0) await wait(Math.min(quietMs, graceMs / 2));
    this.#isDraining = true;
    await this.#close();
    clearTimeout(deadline);
  }

  /** Ends it at once, whatever is open. */
  async destroy(): Promise<void> {
    const closed = this.#close();
    this.#server.closeAllConnections();
    await closed;
  }

  #close(): Promise<void> {
    return new Promise((resolve) => {
      // It tells an error where it never listened; then there is nothing to close.
      this.#server.close(() => resolve());
    });
  }

  #closeIdle(): void {
    const busy = new Set([...this.#open].map((response) => response.req.socket));
    for (const socket of this.#sockets) if (!busy.has(socket)) socket.destroySoon();
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
