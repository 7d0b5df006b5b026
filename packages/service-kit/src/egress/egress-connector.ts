import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import type { EgressAllowlist } from './egress-allowlist.ts';
import { isPublicAddress } from './judge-address.ts';

/** An address that may not be called. Never holds more than the host that was asked for. */
export class EgressRefused extends Error {
  readonly code = 'EGRESS_REFUSED';
  constructor(host: string) {
    super(`${host} leads to an address that is not public`);
    this.name = 'EgressRefused';
  }
}

type ResolveAll = (
  host: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * A connector for undici's agents that judges what is really connected to: addresses written out, and every address that a
 * name resolves to at that moment, which is then the one that is used. One bad address among good ones refuses them all.
 */
export function createEgressConnector(
  allowlist: EgressAllowlist,
  options: buildConnector.BuildOptions = {},
  resolve: ResolveAll = systemLookup,
): buildConnector.connector {
  const guarded = (port: number) =>
    buildConnector({ ...options, lookup: createGuardedLookup(allowlist, port, resolve) });
  const connectors = new Map<number, buildConnector.connector>();
  return (target, callback) => {
    const port = Number(target.port) || (target.protocol === 'https:' ? 443 : 80);
    const address = target.hostname.replace(/^\[|\]$/g, '');
    if (isIP(address) !== 0 && !isPublicAddress(address) && !allowlist.hasHost(target.hostname, port)) {
      callback(new EgressRefused(target.hostname), null);
      return;
    }
    const connector = connectors.get(port) ?? guarded(port);
    if (connectors.size < 64) connectors.set(port, connector);
    connector(target, callback);
  };
}

function createGuardedLookup(allowlist: EgressAllowlist, port: number, resolve: ResolveAll): LookupFunction {
  return (host, options, callback) => {
    resolve(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '', 0);
      const isAllowed = ({ address }: LookupAddress) => isPublicAddress(address) || allowlist.hasAddress(address);
      const first = addresses[0];
      if (first === undefined || !(allowlist.hasHost(host, port) || addresses.every(isAllowed))) {
        return callback(new EgressRefused(host), '', 0);
      }
      if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}
