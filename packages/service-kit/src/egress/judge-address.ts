import { BlockList, isIP } from 'node:net';

type Subnet = readonly [address: string, bits: number];

/**
 * What is not a public unicast address: this machine, private and link-local networks, shared and documentation ranges,
 * multicast. Sources: IANA's special-purpose address registries for IPv4 and IPv6 (read 2026-11).
 */
const closedSubnets: readonly Subnet[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** Of IPv6 only this range is given out for public use; what in it leads elsewhere, or to IPv4, is closed as well. */
const openIpv6: Subnet = ['2000::', 3];
const closedIpv6Subnets: readonly Subnet[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const closed = toBlockList([...closedSubnets, ...closedIpv6Subnets]);
const open = toBlockList([openIpv6]);

/** True if an address, as a text, is a public one. False for what is no address. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !closed.check(address, 'ipv4');
  // A zone (`%eth0`) belongs to link-local addresses alone. `::ffff:0:0/96`, `64:ff9b::/96` and the like are outside 2000::/3.
  return family === 6 && !address.includes('%') && open.check(address, 'ipv6') && !closed.check(address, 'ipv6');
}

/** A list of subnets that addresses of both families can be held against. */
export function toBlockList(subnets: readonly Subnet[]): BlockList {
  const list = new BlockList();
  for (const [address, bits] of subnets) list.addSubnet(address, bits, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  return list;
}
