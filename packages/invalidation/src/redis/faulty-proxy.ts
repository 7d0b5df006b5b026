import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A proxy between a test and a real server that fails on request. */
export interface FaultyProxy {
  readonly port: number;
  /** Closes every connection; new ones are taken. */
  cut(): void;
  /** Keeps every connection open, old and new, and passes nothing on, until `heal`. */
  stall(): void;
  /** Passes on again what comes from now on over new connections; those that were stalled stay silent. */
  heal(): void;
  /** Closes every connection and refuses new ones, until `open`. */
  shut(): Promise<void>;
  open(): Promise<void>;
}

export async function startFaultyProxy(target: { host: string; port: number }): Promise<FaultyProxy> {
  const sockets = new Set<Socket>();
  let isStalled = false;
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    track(client);
    if (isStalled) {
      client.resume();
      return;
    }
    const upstream = track(connect(target.port, target.host));
    client.pipe(upstream).pipe(client);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  const port = await listenOn(server, 0);
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port,
    cut,
    stall() {
      isStalled = true;
      for (const socket of sockets) socket.unpipe().resume();
    },
    heal() {
      isStalled = false;
    },
    async shut() {
      const closed = once(server, 'close');
      server.close();
      cut();
      await closed;
    },
    async open() {
      await listenOn(server, port);
    },
  };
}

async function listenOn(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return address.port;
}
