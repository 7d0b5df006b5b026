import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { FairPool } from '@aggregator/service-kit';
import { waitFor } from '@aggregator/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Pool } from 'undici';
import { publicClaimsOf } from '../shares/claims.ts';
import { serve, type TestServer } from '../testing/start-gateway.ts';
import { AnswerRelay } from './relay-answer.ts';
import { UnreadBytes } from './unread-bytes.ts';

const mebibyte = 1024 * 1024;

describe('an answer whose client reads nothing (I12)', () => {
  const opened: { close(): Promise<unknown> }[] = [];
  const clients: Socket[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    for (const part of opened.splice(0).reverse()) await part.close();
  });

  /** A relay of endless answers, whose unread bytes have this much room. */
  async function start(roomBytes: number): Promise<{ room: FairPool; server: TestServer; refusals: unknown[] }> {
    const proxy = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const write = () => {
        while (response.write(Buffer.alloc(mebibyte)));
      };
      response.on('drain', write);
      write();
    });
    const pool = new Pool(proxy.url);
    const room = new FairPool('unread_bytes', roomBytes);
    const refusals: unknown[] = [];
    const server = await serve((_request, response) => {
      const unread = new UnreadBytes(room, publicClaimsOf('192.0.2.1'), (_pool, refusal) => refusals.push(refusal));
      const answer = { response, ownHeaders: [], toStreamError: () => '', unread };
      pool.dispatch({ method: 'GET', path: '/' }, new AnswerRelay(answer, () => undefined));
    });
    opened.push(proxy, { close: () => pool.destroy() }, server);
    return { room, server, refusals };
  }

  async function openSilent(port: number): Promise<Socket> {
    const client = connect(port, '127.0.0.1');
    clients.push(client);
    client.on('error', () => undefined);
    await once(client, 'connect');
    client.write('GET / HTTP/1.1\r\nhost: test\r\n\r\n');
    client.pause();
    return client;
  }

  it('is held up with its room taken, which is free again when the client has left', async () => {
    const { room, server, refusals } = await start(64 * mebibyte);
    const client = await openSilent(server.port);

    await waitFor(() => room.taken > 0, { describe: 'the room to be taken' });
    expect(room.taken).toBeLessThan(mebibyte);
    client.destroy();

    await waitFor(() => room.taken === 0, { describe: 'the room to be free' });
    expect(refusals).toEqual([]);
  });

  it('is cut when the share of its caller in unread bytes is used up', async () => {
    const { room, server, refusals } = await start(64 * 1024);
    const client = await openSilent(server.port);

    await waitFor(() => refusals.length > 0, { describe: 'the refusal' });
    client.resume();

    await waitFor(() => client.closed, { describe: 'the end of the connection' });
    expect(room.taken).toBe(0);
  });
});
