import { Socket } from 'node:net';

/**
 * Leads the connections of a process to other ports: `DIVERT_PORTS` is `<from>:<to>`, with commas between several. For
 * `node --import`. A Kafka client takes the address of a broker from the broker itself, so a relay in front of Kafka would
 * see its first connection only.
 */
const ports = new Map(
  (process.env.DIVERT_PORTS ?? '').split(',').map((pair) => {
    const [from, to] = pair.split(':').map(Number);
    return [from, to] as const;
  }),
);
const connect = Socket.prototype.connect;

/** The port of a call of `connect`, replaced: first word is a port, options, or options inside an array as `net.connect` passes them. */
function divert(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'string') return ports.get(Number(value)) ?? value;
  const options: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof options === 'object' && options !== null && 'port' in options) {
    options.port = ports.get(Number(options.port)) ?? options.port;
  }
  return value;
}

Object.defineProperty(Socket.prototype, 'connect', {
  configurable: true,
  writable: true,
  value(this: Socket, first: unknown, ...words: unknown[]) {
    return Reflect.apply(connect, this, [divert(first), ...words]);
  },
});
