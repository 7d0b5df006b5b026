import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

/**
 * Who the gateway says the client is; it alone may call us, and what it wrote comes last in `x-forwarded-for`. An IPv6
 * client owns at least a /64, so its address is cut to that: otherwise it could take a new one for each guess.
 */
export function clientAddressOf(request: Pick<IncomingMessage, 'headers'>): string {
  const forwarded = request.headers['x-forwarded-for'];
  const address = (typeof forwarded === 'string' ? forwarded : '').split(',').at(-1)?.trim() ?? '';
  if (address === '' || address.length > 64) return 'unknown';
  return isIPv6(address) ? toNetwork(address) : address;
}

function toNetwork(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = address.toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  const ending = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - groups.length - ending.length;
  const all = [...groups, ...Array.from({ length: zeros }, () => '0'), ...ending];
  return `${all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
