import { withDeadline } from '@aggregator/service-kit';
import { connect as connectToServer, type NatsConnection } from '@nats-io/transport-node';
import { closeQuietly } from '../close-quietly.ts';
import { findAnswering } from './find-answering.ts';

export interface NatsConnectionOptions {
  /** `nats://` or `tls://`, at least one; they may contain user and password or a token. */
  servers: readonly string[];
  /** Stands in the server's list of connections. */
  name: string;
  deadlineMs: number;
}

/** A server that answers so many pings in a row with nothing is lost. */
const pingIntervalMs = 5_000;
const pingsMax = 2;

/** Opens a connection. It ends for good when it is lost (`closed()` resolves): who uses it opens another. */
export async function connect({ servers, name, deadlineMs }: NatsConnectionOptions): Promise<NatsConnection> {
  const answering = await findAnswering(servers, deadlineMs);
  const opening = connectToServer({
    servers: answering.map(withoutCredentials),
    ...credentialsOf(servers[0]),
    name,
    timeout: deadlineMs,
    reconnect: false,
    pingInterval: pingIntervalMs,
    maxPingOut: pingsMax,
  });
  return withDeadline(opening, deadlineMs, 'connecting to NATS').catch((error) => {
    opening.then(closeQuietly, () => undefined);
    throw error;
  });
}

function withoutCredentials(server: string): string {
  const url = new URL(server);
  url.username = '';
  url.password = '';
  return url.href;
}

function credentialsOf(server: string | undefined) {
  if (server === undefined) return {};
  const { username, password } = new URL(server);
  if (username === '') return {};
  const user = decodeURIComponent(username);
  return password === '' ? { token: user } : { user, pass: decodeURIComponent(password) };
}
