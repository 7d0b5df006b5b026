import { Socket } from 'node:net';
import type { CrashPoint, FileStep, SocketStep } from '../crash-points.ts';

/** Kills this process at the n-th time that it reaches an armed point. */
let armed: { step: string; side: string; left: number } | null = null;
/** Servers by their port: `CRASH_PORTS` is `<port>:<name>`, with commas between several. */
const names = new Map((process.env.CRASH_PORTS ?? '').split(',').map((pair) => pair.split(':') as [string, string]));
const targetOf = new WeakMap<Socket, string>();

export function armCrash(point: CrashPoint | null, nth: number): void {
  const [step = '', side = ''] = point?.split(':') ?? [];
  armed = point === null ? null : { step, side, left: nth };
}

export function passFile(step: FileStep, side: 'before' | 'after'): void {
  if (armed?.step === step && armed.side === side) countDown();
}

function countDown(): void {
  if (armed === null) return;
  armed.left -= 1;
  if (armed.left <= 0) process.kill(process.pid, 'SIGKILL');
}

const { connect } = Socket.prototype;
const { write } = Socket.prototype;

Object.defineProperty(Socket.prototype, 'connect', {
  configurable: true,
  writable: true,
  value(this: Socket, ...words: unknown[]) {
    const name = names.get(readPort(words[0]));
    if (name !== undefined) targetOf.set(this, name);
    return Reflect.apply(connect, this, words);
  },
});

Object.defineProperty(Socket.prototype, 'write', {
  configurable: true,
  writable: true,
  value(this: Socket, bytes: unknown, ...words: unknown[]) {
    if (armed === null || !isStep(armed.step as SocketStep, targetOf.get(this), bytes)) {
      return Reflect.apply(write, this, [bytes, ...words]);
    }
    if (armed.side === 'before') countDown();
    if (armed.side === 'answered') dieAtAnswer(this);
    const hasRoom: unknown = Reflect.apply(write, this, [bytes, ...words]);
    if (armed.side === 'sent') this.write('', countDown);
    return hasRoom;
  },
});

/** Data that arrives next counts, before anything reads it. */
function dieAtAnswer(socket: Socket): void {
  const { push } = socket;
  socket.push = (...words) => {
    socket.push = push;
    countDown();
    return Reflect.apply(push, socket, words);
  };
}

function readPort(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'string') return String(value);
  const options: unknown = Array.isArray(value) ? value[0] : value;
  return typeof options === 'object' && options !== null && 'port' in options ? String(options.port) : '';
}

const kafkaProduce = 0;
const kafkaOffsetCommit = 8;

/** Whether bytes to a server begin a step, by its protocol. */
function isStep(step: SocketStep, target: string | undefined, bytes: unknown): boolean {
  if (target === undefined || (typeof bytes !== 'string' && !(bytes instanceof Uint8Array))) return false;
  const buffer = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : Buffer.from(bytes);
  switch (step) {
    case 'forward':
      return target === 'proxy' && buffer.includes('POST ');
    case 'provider-call':
      return target === 'provider' && buffer.includes('POST ');
    case 'hold':
    case 'credit':
      return target === 'redis' && /evalsha|fcall/i.test(buffer.toString('latin1'));
    case 'commit':
      return target === 'postgres' && buffer.includes('COMMIT');
    case 'publish':
      return target === 'kafka' && buffer.length > 6 && buffer.readInt16BE(4) === kafkaProduce;
    case 'position':
      return target === 'kafka' && buffer.length > 6 && buffer.readInt16BE(4) === kafkaOffsetCommit;
  }
}
