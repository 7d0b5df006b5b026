import { connect as openSocket } from 'node:net';

const defaultPort = 4222;

/**
 * Resolves with the servers that greet a connection within the deadline, as a NATS server does at once. Rejects if none does.
 * The client leaves a socket open for good for each attempt at a server that accepts and says nothing; so it gets none such.
 */
export async function findAnswering(servers: readonly string[], deadlineMs: number): Promise<string[]> {
  const found = await Promise.allSettled(servers.map((server) => greet(server, deadlineMs).then(() => server)));
  const answering = found.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (answering.length > 0) return answering;
  const refusals = found.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  throw new AggregateError(refusals, 'no NATS server answers');
}

function greet(server: string, deadlineMs: number): Promise<void> {
  const { hostname, port } = new URL(server);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = openSocket({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || defaultPort) });
  socket.setTimeout(deadlineMs, () => socket.destroy(new Error('the server says nothing')));
  socket.once('data', () => {
    resolve();
    socket.destroy();
  });
  socket.once('error', reject);
  socket.once('close', () => reject(new Error('the server has closed the connection')));
  return promise;
}
