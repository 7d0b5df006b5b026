import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { connectRedis } from './connect-redis.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server whose first connection leads to a primary that was demoted, and every later one to the new primary. */
async function startFailover(): Promise<{ url: string; connections: () => number }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const reply = sockets.push(socket) === 1 ? "-READONLY You can't write against a read only replica." : '+OK';
    socket.on('error', () => undefined);
    // Each command is an array; INFO asks whether the server is loading.
    socket.on('data', (bytes) => {
      for (const command of bytes.toString().split(/^\*/m).slice(1)) {
        const name = command.split('\r\n')[2]?.toLowerCase();
        socket.write(name === 'info' ? '$0\r\n\r\n' : `${name === 'set' ? reply : '+OK'}\r\n`);
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`, connections: () => sockets.length };
}

it('reaches the new primary by a new connection when the old one leads to a demoted primary (I24)', async () => {
  const { url, connections } = await startFailover();
  const client = connectRedis({ url, commandTimeoutMs: 5000, onError: () => undefined });
  closing.push(() => client.disconnect());
  await once(client, 'ready');
  const reconnected = once(client, 'close').then(() => once(client, 'ready'));
  await expect(client.set('key', 'value')).rejects.toThrow('READONLY');
  await reconnected;
  expect(await client.set('key', 'value')).toBe('OK');
  expect(connections()).toBe(2);
});
