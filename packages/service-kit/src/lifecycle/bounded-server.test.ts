import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { waitFor } from '@aggregator/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { ConnectionBounds } from './client-connections.ts';
import { DrainableServer, defaultServerBounds } from './drainable-server.ts';

const request = 'GET /done HTTP/1.1\r\nhost: test\r\n\r\n';

describe('a server with bounds (I12)', () => {
  const sockets: Socket[] = [];
  let server: DrainableServer | null = null;
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await server?.destroy();
    server = null;
  });

  const fresh = () => ({ urls: [] as (string | undefined)[], closed: 0, stalled: 0, refused: 0 });
  let state = fresh();
  async function start(bounds: { connections?: ConnectionBounds; stalledAfterMs?: number }): Promise<number> {
    const seen = fresh();
    state = seen;
    server = new DrainableServer(
      ({ url }, response) => {
        seen.urls.push(url);
        response.once('close', () => {
          seen.closed += 1;
        });
        if (url === '/big') response.write(Buffer.alloc(64 * 1024 * 1024));
        else if (url !== '/open') response.end('done');
      },
      { ...defaultServerBounds, ...bounds, onStalled: () => (state.stalled += 1) },
    );
    return await server.listen('127.0.0.1', 0);
  }

  async function open(port: number, localAddress: string, text?: string) {
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    sockets.push(socket);
    const seen = { text: '', socket };
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      seen.text += chunk.toString();
    });
    await once(socket, 'connect');
    if (text !== undefined) socket.write(text);
    return seen;
  }

  const bounds = (totalMax: number, perAddressMax: number | null): ConnectionBounds => ({
    ...{ totalMax, perAddressMax },
    onRefused: () => (state.refused += 1),
  });

  it('reads a target in absolute form as its path', async () => {
    const client = await open(await start({}), '127.0.0.1', 'GET http://x/v1/models?a=1 HTTP/1.1\r\nhost: x\r\n\r\n');

    await waitFor(() => client.text.includes('done'), { describe: 'the answer' });

    expect(state.urls).toEqual(['/v1/models?a=1']);
  });

  it('refuses a connection above the bound of its address, and takes those of other addresses', async () => {
    const port = await start({ connections: bounds(100, 3) });
    for (let count = 0; count < 3; count += 1)
      await open(port, '127.6.0.1', 'GET /open HTTP/1.1\r\nhost: test\r\n\r\n');
    await waitFor(() => state.urls.length === 3, { describe: 'the open requests' });

    const fourth = await open(port, '127.6.0.1', request);
    const other = await open(port, '127.6.0.2', request);

    await waitFor(() => other.text.includes('done'), { describe: 'the answer of the other address' });
    await waitFor(() => fourth.text !== '', { describe: 'the refusal' });
    expect(fourth.text).toMatch(/^HTTP\/1\.1 503 .*\r\nretry-after: 1\r\n/);
    expect(state.refused).toBe(1);
  });

  it('closes the oldest connection of the address that waits for nothing when a new one needs its place', async () => {
    const port = await start({ connections: bounds(2, 2) });
    const silent = await open(port, '127.6.0.3');
    const kept = await open(port, '127.6.0.3', request);
    await waitFor(() => kept.text.includes('done'), { describe: 'the first answer' });
    const later = async () => {
      const client = await open(port, '127.6.0.3', request);
      await waitFor(() => client.text !== '', { describe: 'an answer' });
      return client.text;
    };

    await waitFor(async () => (await later()).includes('done'), { describe: 'a place' });

    await waitFor(() => silent.socket.destroyed, { describe: 'the silent connection to be closed' });
    expect(kept.socket.destroyed).toBe(false);
  });

  it('has a bound over all addresses', async () => {
    const port = await start({ connections: bounds(2, null) });
    for (const last of [4, 5]) await open(port, `127.6.0.${last}`, 'GET /open HTTP/1.1\r\nhost: test\r\n\r\n');
    await waitFor(() => state.urls.length === 2, { describe: 'the open requests' });

    const third = await open(port, '127.6.0.6', request);

    await waitFor(() => third.text.includes('503'), { describe: 'the refusal' });
  });

  it('answers 32 requests that arrive at once on one connection', async () => {
    const client = await open(await start({}), '127.0.0.1', request.repeat(32));

    await waitFor(() => client.text.split('done').length === 33, { describe: 'the answers' });

    expect(client.socket.destroyed).toBe(false);
  });

  it('closes a connection with more open requests, and begins none of the rest', async () => {
    const port = await start({});
    const client = await open(port, '127.0.0.1', 'GET /open HTTP/1.1\r\nhost: test\r\n\r\n'.repeat(2000));

    await waitFor(() => client.socket.destroyed, { describe: 'the end of the connection' });
    await waitFor(() => state.closed === 32, { describe: 'the end of what had begun' });

    expect(state.urls).toHaveLength(32);
    const other = await open(port, '127.0.0.1', request);
    await waitFor(() => other.text.includes('done'), { describe: 'the answer of another client' });
  });

  it('cuts an answer whose client reads nothing, and no other', async () => {
    const port = await start({ stalledAfterMs: 600 });
    const reader = await open(port, '127.0.0.1', 'GET /open HTTP/1.1\r\nhost: test\r\n\r\n');
    const client = await open(port, '127.0.0.1', 'GET /big HTTP/1.1\r\nhost: test\r\n\r\n');
    client.socket.pause();

    await waitFor(() => state.closed === 1, { describe: 'the cut' });

    expect(state.stalled).toBe(1);
    expect(reader.socket.destroyed).toBe(false);
  });
});
