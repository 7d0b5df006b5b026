import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';

const heads = ['HTTP/1.1 100', 'HTTP/1.0 100'];
const headEnd = '\r\n\r\n';
/** An informational head that is longer is left to the HTTP parser, which refuses it. */
const headBytesMax = 16 * 1024;
/** `1`, the first digit of an informational status. */
const codeOfOne = 0x31;
const nothing = Buffer.alloc(0);

/**
 * Returns a connector whose sockets skip `100 Continue` before an answer. Any server may send it at any time, and a client must
 * read past it; undici ends the connection instead, because it never sends `Expect`. Other informational heads pass.
 * Source: RFC 9110 §15.2; undici 8.12, lib/dispatcher/client-h1.js, `onHeadersComplete`.
 */
export function skippingContinue(connector: buildConnector.connector): buildConnector.connector {
  return (target, callback) =>
    connector(target, (...result) => {
      const [error, socket] = result;
      if (error === null) skipContinue(socket);
      callback(...result);
    });
}

/** Replaces how the socket is read, between a request and the first byte of its answer. */
function skipContinue(socket: Socket): void {
  const read = socket.read.bind(socket);
  const write = socket.write.bind(socket);
  /** Bytes of an answer whose first bytes are not whole; null while no answer is expected. */
  let held: Buffer | null = null;
  // The overloads of `write` are passed on as they come.
  Reflect.set(socket, 'write', (...given: readonly unknown[]): unknown => {
    held ??= nothing;
    return Reflect.apply(write, socket, given);
  });
  socket.read = (size?: number): unknown => {
    for (;;) {
      const chunk: unknown = read(size);
      if (held === null || !Buffer.isBuffer(chunk)) return chunk;
      const answer = dropContinue(held.length === 0 ? chunk : Buffer.concat([held, chunk]));
      if (!answer.isWhole) {
        held = answer.bytes;
        continue;
      }
      held = null;
      return answer.bytes;
    }
  };
}

/** Bytes from the first head that is not `100` on; not whole while that cannot be said. */
function dropContinue(bytes: Buffer): { readonly bytes: Buffer; readonly isWhole: boolean } {
  let rest = bytes;
  // `HTTP/1.1 2…`: the usual case.
  if (rest.length >= 12 && rest[9] !== codeOfOne) return { bytes, isWhole: true };
  for (;;) {
    const start = rest.toString('latin1', 0, 12);
    if (rest.length > headBytesMax || !heads.some((head) => head.startsWith(start)))
      return { bytes: rest, isWhole: true };
    const end = rest.indexOf(headEnd);
    if (start.length < 12 || end === -1) return { bytes: rest, isWhole: false };
    rest = rest.subarray(end + headEnd.length);
  }
}
