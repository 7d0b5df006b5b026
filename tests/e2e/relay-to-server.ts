import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** The way to a server, which a test can cut. */
export interface Relay {
  readonly port: number;
  /** `open` passes everything, `slow` the same later, `cut` breaks and refuses connections, `hang` takes bytes and answers none. */
  set(state: 'open' | 'slow' | 'cut' | 'hang'): void;
  /** New connections lead to another server; open ones stay where they are. */
  leadTo(target: { host: string; port: number }): void;
  close(): Promise<void>;
}

const slowMs = 60;

export async function startRelay(first: { host: string; port: number }): Promise<Relay> {
  let target = first;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  };
  let state: Parameters<Relay['set']>[0] = 'open';
  /** Timers of one length end in their order, so bytes stay in theirs; a connection that has been slow stays so. */
  const slowed = new WeakSet<Socket>();
  const pass = (bytes: Buffer, to: Socket) => {
    if (state === 'slow') slowed.add(to);
    if (state === 'hang') return;
    if (slowed.has(to)) setTimeout(() => to.write(bytes), slowMs);
    else to.write(bytes);
  };
  const server = createServer((near) => {
    keep(near);
    if (state === 'cut') return void near.destroy();
    const far = connect(target.port, target.host);
    keep(far);
    near.on('data', (bytes) => pass(bytes, far));
    far.on('data', (bytes) => pass(bytes, near));
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    set(next) {
      const isReset = next === 'cut' || state === 'hang';
      state = next;
      // What hung is out of step with its server: it is opened again.
      if (isReset) for (const socket of sockets) socket.destroy();
    },
    leadTo(next) {
      target = next;
    },
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
