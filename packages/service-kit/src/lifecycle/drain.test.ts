import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { waitFor } from '@aggregator/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { DrainableServer } from './drainable-server.ts';

const graceMs = 5000;
const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: test\r\n\r\n`;
const bigAnswer = Buffer.alloc(32 * 1024 * 1024, 'a');

/** A client that sees what is on the wire. */
async function open(port: number) {
  const socket = connect(port, '127.0.0.1');
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part));
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return { socket, closed, read: () => Buffer.concat(parts).toString(), bytes: () => sum(parts) };
}

const sum = (parts: readonly Buffer[]) => parts.reduce((total, { length }) => total + length, 0);

/** Resolves when the client has read this text. */
async function hasRead(client: { socket: Socket; read(): string }, text: string): Promise<void> {
  while (!client.read().includes(text)) await once(client.socket, 'data');
}

describe('a server that drains (I15)', () => {
  const releases = new Map<string, () => void>();
  const asked: string[] = [];
  let server: DrainableServer | null = null;
  afterEach(async () => {
    await server?.destroy();
    server = null;
    asked.length = 0;
    releases.clear();
  });

  async function start(): Promise<number> {
    server = new DrainableServer((request, response) => {
      const path = request.url ?? '';
      asked.push(path);
      if (path === '/big') response.end(bigAnswer);
      else if (path.startsWith('/stream')) {
        response.write('begun ');
        releases.set(path, () => response.end('ended'));
      } else if (path.startsWith('/late')) releases.set(path, () => response.end('late'));
      else response.end('done');
    });
    return await server.listen('127.0.0.1', 0);
  }

  it('answers a request on a kept connection while it is quiet, and announces the end of the connection', async () => {
    const port = await start();
    const [busy, idle] = [await open(port), await open(port)];
    busy.socket.write(get('/'));
    await hasRead(busy, 'done');
    const drained = server?.drain(graceMs, 500);
    await new Promise((resolve) => setImmediate(resolve));
    expect([busy.socket.closed, idle.socket.closed]).toEqual([false, false]);

    busy.socket.write(get('/again'));

    await busy.closed;
    expect(busy.read().match(/done/g)).toHaveLength(2);
    expect(busy.read()).toMatch(/connection: close/i);
    expect(idle.socket.closed).toBe(false);
    await Promise.all([drained, idle.closed]);
  });

  it('closes connections that wait for nothing at once', async () => {
    const port = await start();
    const [fresh, kept] = [await open(port), await open(port)];
    kept.socket.write(get('/'));
    await hasRead(kept, 'done');

    await server?.drain(graceMs);

    await Promise.all([fresh.closed, kept.closed]);
    expect(kept.read()).toContain('done');
  });

  it('announces the end of the connection in answers that have not begun', async () => {
    const client = await open(await start());
    client.socket.write(get('/late'));
    await waitFor(() => releases.has('/late'), { describe: 'the request to arrive' });
    const drained = server?.drain(graceMs);
    releases.get('/late')?.();

    await Promise.all([drained, client.closed]);

    expect(client.read()).toMatch(/connection: close[\s\S]*late$/i);
  });

  it('lets a stream end, and closes its kept-alive connection then', async () => {
    const client = await open(await start());
    client.socket.write(get('/stream'));
    await hasRead(client, 'begun');
    const drained = server?.drain(graceMs);
    releases.get('/stream')?.();

    await Promise.all([drained, client.closed]);

    expect(client.read()).toMatch(/begun[\s\S]*ended/);
  });

  it('answers a request that arrives on a connection that is still open', async () => {
    const client = await open(await start());
    client.socket.write(get('/stream/1'));
    await hasRead(client, 'begun');
    const drained = server?.drain(graceMs);
    client.socket.write(get('/next'));
    releases.get('/stream/1')?.();

    await Promise.all([drained, client.closed]);

    // Either it was read, and then it was answered whole, or the connection was closed before it was read.
    expect(client.read().includes('done')).toBe(asked.includes('/next'));
    expect(client.read()).toContain('ended');
  });

  it('sends a large answer to a slow client to its last byte', async () => {
    const client = await open(await start());
    client.socket.write(get('/big'));
    await hasRead(client, 'aaaa');
    client.socket.pause();
    const drained = server?.drain(graceMs);
    await new Promise((resolve) => setImmediate(resolve));
    client.socket.resume();

    await Promise.all([drained, client.closed]);

    expect(client.bytes()).toBeGreaterThan(bigAnswer.length);
  });

  it('cuts what is left when the grace is over', async () => {
    const client = await open(await start());
    client.socket.write(get('/stream'));
    await hasRead(client, 'begun');

    await server?.drain(50);

    await client.closed;
    expect(client.read()).not.toContain('ended');
  });
});
