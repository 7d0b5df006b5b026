import { type BlockList, isIP } from 'node:net';
import { toBlockList } from './judge-address.ts';

/** What an installation calls although it is not public: hosts by name, and networks. */
export interface EgressAllowlist {
  /** `host` as a URL's `hostname` has it, IPv6 addresses with their brackets; `port` as a number. */
  hasHost(host: string, port: number): boolean;
  hasAddress(address: string): boolean;
}

const entryPattern = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::(\d{1,5}))?$/;

/**
 * From entries like `llm.internal`, `vllm.ai.svc.cluster.local:8000`, `10.1.0.0/16`, `fd00:1::/48`, `127.0.0.1`, `[::1]:8080`. A host without
 * a port covers all its ports.
 * @throws {RangeError} naming the entry that is none of these.
 */
export function createEgressAllowlist(entries: readonly string[]): EgressAllowlist {
  const hosts = new Set<string>();
  const subnets: (readonly [string, number])[] = [];
  for (const entry of entries.map((text) => text.trim().toLowerCase())) {
    const subnet = toSubnet(entry);
    if (subnet !== null) {
      subnets.push(subnet);
      continue;
    }
    const match = entryPattern.exec(entry);
    const [, ipv6, name = '', port] = match ?? [];
    if (
      match === null ||
      Number(port ?? 1) < 1 ||
      Number(port ?? 1) > 65_535 ||
      (ipv6 !== undefined && isIP(ipv6) !== 6)
    ) {
      throw new RangeError(`neither a host nor a network: ${entry.slice(0, 100)}`);
    }
    hosts.add(toHostKey(ipv6 === undefined ? name : `[${ipv6}]`, port));
  }
  const networks = toBlockList(subnets);
  return {
    hasHost: (host, port) =>
      hosts.has(toHostKey(host, undefined)) || hosts.has(toHostKey(host, String(port))) || isInside(networks, host),
    hasAddress: (address) => isInside(networks, address),
  };
}

export const emptyAllowlist: EgressAllowlist = { hasHost: () => false, hasAddress: () => false };

function toSubnet(entry: string): readonly [string, number] | null {
  const [address = '', bits] = entry.split('/');
  const family = isIP(address);
  if (family === 0 || entry.split('/').length > 2) return null;
  const bitsMax = family === 4 ? 32 : 128;
  if (bits === undefined) return [address, bitsMax];
  return /^\d{1,3}$/.test(bits) && Number(bits) <= bitsMax ? [address, Number(bits)] : null;
}

function toHostKey(host: string, port: string | undefined): string {
  return port === undefined ? host : `${host}:${port}`;
}

function isInside(networks: BlockList, host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '');
  const family = isIP(address);
  return family !== 0 && networks.check(address, family === 6 ? 'ipv6' : 'ipv4');
}
