import { isIP } from 'node:net';
import { isPublicAddress } from './judge-address.ts';

/** Names of addresses inside an installation, for any address that they resolve to. */
const innerSuffix =
  /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|corp|home|lan|private|svc|arpa|test|invalid|onion)$/;

/** Public services that resolve a name to the address that the name itself holds, or to this machine. */
const addressNames =
  /(?:^|\.)(?:nip\.io|sslip\.io|xip\.io|xip\.name|traefik\.me|localtest\.me|lvh\.me|vcap\.me|lacolhost\.com|local-ip\.(?:co|sh|medicmobile\.org)|backname\.io|1u\.ms|rbndr\.us)$/;

/** Four numbers in a name, as `10.0.0.1.example.com` or `ip-10-0-0-1.example.com`. */
const addressInName = /(?:^|[.-])(\d{1,3})[.-](\d{1,3})[.-](\d{1,3})[.-](\d{1,3})(?=[.-])/g;

/** Ports of other kinds of services: a request there is a command to something that serves no files and no models. */
const refusedPorts: ReadonlySet<number> = new Set([
  1080, 1433, 1521, 2049, 2181, 2375, 2376, 2379, 2380, 3128, 3306, 3389, 4222, 5432, 5672, 5900, 5984, 6379, 6380,
  6443, 6667, 8500, 9042, 9092, 9093, 9200, 9300, 9418, 10_000, 10_250, 10_255, 10_256, 11_211, 15_672, 25_565, 26_379,
  27_017, 28_015, 50_000, 61_616,
]);

/**
 * Returns why a host may not be called, or null if it is public by its spelling. `host` is a URL's `hostname`, so every
 * spelling of an address is already the usual one. A name is not resolved here.
 */
export function judgeHost(host: string): string | null {
  const address = host.replace(/^\[|\]$/g, '');
  if (isIP(address) !== 0) return isPublicAddress(address) ? null : 'the address is not a public one';
  if (host.endsWith('.')) return 'the host ends in a dot';
  if (!host.includes('.') || innerSuffix.test(host)) return 'the host is a name of an inner network';
  if (addressNames.test(host) || holdsInnerAddress(host)) return 'the host is a name for an address';
  if (!/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/.test(host)) {
    return 'the host is not a DNS name';
  }
  return null;
}

/** True if a service of models or files may listen on the port. */
export function isModelServerPort(port: number): boolean {
  return port === 443 || port === 80 || (port >= 1024 && !refusedPorts.has(port));
}

function holdsInnerAddress(host: string): boolean {
  for (const [, ...numbers] of host.matchAll(addressInName)) {
    const address = numbers.map(Number).join('.');
    if (isIP(address) === 4 && !isPublicAddress(address)) return true;
  }
  return false;
}
