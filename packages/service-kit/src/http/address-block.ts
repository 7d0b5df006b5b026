import { isIPv6 } from 'node:net';

/**
 * Returns the part of an address that one client owns: an IPv4 address as it is, an IPv6 address cut to its /64. A client
 * owns at least a /64 and could otherwise take a new address for each request.
 */
export function toAddressBlock(address: string): string {
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
