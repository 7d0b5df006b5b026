import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

const firstPort = 10_000;
/** From here on embedded PostgreSQL servers take theirs. */
const endPort = 20_000;
const portsPerWorld = 10;
const worldPorts = [0, 1, 2, 3, 4, 5];
/** Of the ten ports of a world, the one that no service uses: the process that listens there owns the others. */
const claimOffset = 9;

/** Six ports in a row that no other claim gets until they are given back. */
export interface PortClaim {
  readonly base: number;
  release(): Promise<void>;
}

/**
 * Ports that were free and stay ours: looking alone would give the same ones to two test files that look at the same time.
 * The claim is a port itself, so it ends with this process, however that ends.
 */
export async function claimPorts(): Promise<PortClaim> {
  for (let base = firstPort; base < endPort; base += portsPerWorld) {
    const claim = await listen(base + claimOffset);
    if (claim === null) continue;
    const release = () => close(claim);
    const free = await Promise.all(worldPorts.map((offset) => isFree(base + offset)));
    if (free.every(Boolean)) return { base, release };
    await release();
  }
  throw new Error(`no six free ports in a row from ${firstPort} to ${endPort}`);
}

async function isFree(port: number): Promise<boolean> {
  const server = await listen(port);
  if (server !== null) await close(server);
  return server !== null;
}

/** Null if another process listens. */
async function listen(port: number): Promise<Server | null> {
  const server = createServer().unref();
  // Node lets processes of one cluster listen together; a claim is for one alone.
  server.listen({ port, host: '127.0.0.1', exclusive: true });
  try {
    await once(server, 'listening');
    return server;
  } catch {
    return null;
  }
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
