import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A relay in front of a store, whose connections a test can cut, hold and refuse. */
export class BreakableLink {
  readonly #store: { host: string; port: number };
  readonly #sockets = new Set<Socket>();
  readonly #clients = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;
  #isHolding = false;

  constructor(store: { host: string; port: number }) {
    this.#store = store;
  }

  get address(): { host: string; port: number } {
    return { host: '127.0.0.1', port: this.#port };
  }

  /** Connections of clients that are open. */
  get connections(): number {
    return this.#clients.size;
  }

  /** Accepts connections, at the same port each time. */
  async open(): Promise<void> {
    const server = createServer((client) => this.#relay(client));
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening on a port');
    this.#port = address.port;
    this.#server = server;
  }

  /** Ends every connection; new ones are accepted. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Ends every connection and refuses new ones until `open`. */
  async refuse(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    this.cut();
    await closed;
  }

  /** Lets no byte through, in either direction, until `release`. */
  hold(): void {
    this.#isHolding = true;
    for (const socket of this.#sockets) socket.pause();
  }

  release(): void {
    this.#isHolding = false;
    for (const socket of this.#sockets) socket.resume();
  }

  #relay(client: Socket): void {
    const store = connect(this.#store);
    this.#clients.add(client);
    client.on('close', () => this.#clients.delete(client));
    for (const [from, to] of [
      [client, store],
      [store, client],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (bytes) => to.write(bytes));
      from.on('error', () => undefined);
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      if (this.#isHolding) from.pause();
    }
  }
}
