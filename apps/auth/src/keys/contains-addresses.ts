import { BlockList, isIPv6 } from 'node:net';

/**
 * True if every address that `inner` allows is allowed by `outer`. Both are lists of addresses and CIDR ranges; null means
 * any address. Each range of `inner` must lie in one range of `outer`: two halves are not joined into a whole.
 */
export function containsAddresses(outer: readonly string[] | null, inner: readonly string[] | null): boolean {
  if (outer === null) return true;
  if (inner === null) return false;
  const ranges = outer.map((text) => ({ ...parseRange(text), list: toBlockList(text) }));
  return inner
    .map(parseRange)
    .every(({ address, family, bits }) =>
      ranges.some((range) => range.bits <= bits && range.list.check(address, family)),
    );
}

/** `bits` of the prefix in the space of IPv6, in which IPv4 is `::ffff:0:0/96`: the gateway compares so, too. */
function parseRange(text: string) {
  const [address = '', prefix] = text.split('/');
  const family = isIPv6(address) ? ('ipv6' as const) : ('ipv4' as const);
  const width = family === 'ipv6' ? 128 : 32;
  return { address, family, bits: 128 - width + Number(prefix ?? width) };
}

function toBlockList(text: string): BlockList {
  const { address, family, bits } = parseRange(text);
  const list = new BlockList();
  list.addSubnet(address, family === 'ipv6' ? bits : bits - 96, family);
  return list;
}
