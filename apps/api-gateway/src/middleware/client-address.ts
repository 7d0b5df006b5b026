import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * The client's address. Behind `hops` proxies that we run it is that far from the right of X-Forwarded-For. The
 * client wrote every entry further left, so those are ignored.
 */
export function readClientAddress(request: IncomingMessage, hops: number): string {
  const socketAddress = toPlainAddress(request.socket.remoteAddress ?? '');
  const forwarded = request.headers['x-forwarded-for'];
  if (hops === 0 || typeof forwarded !== 'string') return socketAddress;
  const addresses = forwarded.split(',').map((address) => address.trim());
  const address = addresses.at(-hops) ?? '';
  return isIP(address) === 0 ? socketAddress : toPlainAddress(address);
}

/** An IPv4 address in its own form where the socket is dual-stack. */
function toPlainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}
