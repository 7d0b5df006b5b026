import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { waitFor } from '@aggregator/testing';

/** A client that writes bytes as it likes, and sees what is on the wire. */
export interface RawClient {
  readonly socket: Socket;
  readonly text: string;
  readonly isClosed: boolean;
}

export async function openRaw(port: number, bytes: string, localAddress?: string): Promise<RawClient> {
  const socket = connect({ port, host: '127.0.0.1', ...(localAddress !== undefined && { localAddress }) });
  const state = { text: '', isClosed: false };
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    state.text += chunk.toString('latin1');
  });
  socket.once('close', () => {
    state.isClosed = true;
  });
  await once(socket, 'connect');
  socket.write(bytes);
  return {
    socket,
    get text() {
      return state.text;
    },
    get isClosed() {
      return state.isClosed;
    },
  };
}

export function openMany(count: number, open: () => Promise<RawClient>): Promise<RawClient[]> {
  return Promise.all(Array.from({ length: count }, open));
}

/** Resolves with the first line of the answer. */
export async function readStatusLine(client: RawClient): Promise<string> {
  await waitFor(() => client.text.includes('\r\n'), { describe: 'the head of an answer' });
  return client.text.slice(0, client.text.indexOf('\r\n'));
}

/** The head of a POST, with the first bytes of its body. */
export function toHead(path: string, headers: Readonly<Record<string, string>>, body = ''): string {
  const lines = Object.entries({ host: 'test', 'content-type': 'application/json', ...headers });
  return `POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
}
