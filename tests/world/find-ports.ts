import { createServer } from 'node:net';

const firstPort = 10_000;
const portsPerWorker = 1000;
const portsPerWorld = 10;

/** The first of six ports in a row that are free, from a range of this Jest worker's own, below the ephemeral ports. */
export async function findPortBase(): Promise<number> {
  const worker = Number(process.env.JEST_WORKER_ID ?? 1) % 20;
  const from = firstPort + worker * portsPerWorker;
  for (let base = from; base < from + portsPerWorker; base += portsPerWorld) {
    const free = await Promise.all([0, 1, 2, 3, 4, 5].map((offset) => isFree(base + offset)));
    if (free.every(Boolean)) return base;
  }
  throw new Error(`no six free ports in a row from ${from}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
