import { isIP } from 'node:net';
import { type EgressAllowlist, emptyAllowlist } from './egress-allowlist.ts';
import { isPublicAddress } from './judge-address.ts';

export type BaseUrlVerdict =
  | { readonly isAllowed: true; readonly url: URL }
  /** `reason` is fit for the caller's eyes: it says what is wrong with what they sent. */
  | { readonly isAllowed: false; readonly reason: string };

const lengthMax = 2000;

/** Names that lead inside an installation, whatever they resolve to. */
const innerSuffix =
  /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|corp|home|lan|private|svc|arpa|test|invalid|onion)$/;

/** Other services' well-known ports: a request there is a command to something that is no model server. */
const refusedPorts: ReadonlySet<number> = new Set([
  1080, 1433, 1521, 2049, 2181, 2375, 2376, 2379, 2380, 3128, 3306, 3389, 4222, 5432, 5672, 5900, 5984, 6379, 6380,
  6443, 6667, 8500, 9042, 9092, 9093, 9200, 9300, 9418, 10_000, 10_250, 10_255, 10_256, 11_211, 15_672, 25_565, 26_379,
  27_017, 28_015, 50_000, 61_616,
]);

/**
 * Whether a provider's address may be saved: https to a public name or address, spelled plainly, with nothing in it that
 * belongs to a credential, a query or another service. What the allowlist names may also be private, plain http, or on any port.
 * Says nothing of what a name resolves to: that is judged when connecting (`createEgressConnector`).
 */
export function judgeBaseUrl(text: string, allowlist: EgressAllowlist = emptyAllowlist): BaseUrlVerdict {
  const spelled =
    /^(https?):\/\/(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?(\/[A-Za-z0-9._~!$&'()*+,;=:@/-]*)?$/.exec(text);
  if (text.length > lengthMax || spelled === null) {
    return refuse('write it as https://host/path in plain letters, without a user name, a query or escapes');
  }
  if (!URL.canParse(text)) return refuse('it is not a URL');
  const url = new URL(text);
  const [, scheme, host = '', , path = '/'] = spelled;
  // What the parser rewrites is another spelling of something else: 0x7f.1, 127.1, 2130706433, /a/../b.
  if (url.hostname !== host.toLowerCase()) return refuse(`write the host as '${url.hostname}'`);
  if (url.pathname !== path) return refuse(`write the path as '${url.pathname}'`);
  const port = url.port === '' ? defaultPort(url) : Number(url.port);
  if (allowlist.hasHost(url.hostname, port)) return { isAllowed: true, url };
  if (scheme !== 'https') return refuse('it must be https');
  const hostReason = judgeHost(url.hostname);
  if (hostReason !== null) return refuse(hostReason);
  if (!isAllowedPort(port)) return refuse(`port ${port} belongs to another kind of service`);
  return { isAllowed: true, url };
}

function judgeHost(host: string): string | null {
  const address = host.replace(/^\[|\]$/g, '');
  if (isIP(address) !== 0) return isPublicAddress(address) ? null : 'the address is not a public one';
  if (host.endsWith('.')) return 'the host ends in a dot';
  if (!host.includes('.') || innerSuffix.test(host)) return 'the host is a name of an inner network';
  if (/(?:^|\.)xn--/.test(host)) return 'the host has letters that can be mistaken for others';
  if (!/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/.test(host))
    return 'the host is not a DNS name';
  return null;
}

function isAllowedPort(port: number): boolean {
  return port === 443 || port === 80 || (port >= 1024 && !refusedPorts.has(port));
}

export function defaultPort(url: URL): number {
  return url.protocol === 'https:' ? 443 : 80;
}

function refuse(reason: string): BaseUrlVerdict {
  return { isAllowed: false, reason };
}
