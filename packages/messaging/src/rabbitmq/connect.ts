import { withDeadline } from '@aggregator/service-kit';
import { type ChannelModel, connect as connectToBroker } from 'amqplib';
import { closeQuietly } from '../close-quietly.ts';

export interface RabbitMqConnectionOptions {
  /** `amqp://` or `amqps://`, with user, password and virtual host. */
  url: string;
  /** Stands in the broker's list of connections. */
  name: string;
  deadlineMs: number;
}

/** A broker that says nothing for twice as long is lost, seconds. */
const heartbeatSeconds = 10;

/**
 * Opens a connection. It ends for good when it is lost: who uses it opens another.
 * @param onLost is called once when the connection is lost, not when it is closed here.
 */
export async function connect(
  { url, name, deadlineMs }: RabbitMqConnectionOptions,
  onLost: (error: unknown) => void,
): Promise<ChannelModel> {
  const address = new URL(url);
  if (!address.searchParams.has('heartbeat')) address.searchParams.set('heartbeat', String(heartbeatSeconds));
  const opening = connectToBroker(address.href, {
    timeout: deadlineMs,
    clientProperties: { connection_name: name },
  });
  const connection = await withDeadline(opening, deadlineMs, 'connecting to RabbitMQ').catch((error) => {
    opening.then(closeQuietly, () => undefined);
    throw error;
  });
  let lost: unknown;
  connection.on('error', (error) => {
    lost = error;
  });
  connection.on('close', (error) => {
    const reason = lost ?? error;
    if (reason !== undefined) onLost(reason);
  });
  return connection;
}
