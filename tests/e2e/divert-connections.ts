import { Socket } from 'node:net';

/**
 * Leads the connections of a process to another port: `DIVERT_PORTS` is `<from>:<to>`. For `node --import`. A Kafka client
 * takes the address of a broker from the broker itself, so a relay in front of Kafka would see its first connection only.
 */
const [from, to] = (process.env.DIVERT_PORTS ?? '').split(':').map(Number);
const connect = Socket.prototype.connect;

function divert(value: unknown): void {
  // `net.connect` passes its options inside an array.
  const options: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof options !== 'object' || options === null || !('port' in options)) return;
  if (Number(options.port) === from) options.port = to;
}

Object.defineProperty(Socket.prototype, 'connect', {
  configurable: true,
  writable: true,
  value(this: Socket, ...words: unknown[]) {
    divert(words[0]);
    return Reflect.apply(connect, this, words);
  },
});
