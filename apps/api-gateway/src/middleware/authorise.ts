import { BlockList, isIPv4 } from 'node:net';
import { AppError, type Scope } from '@aggregator/contracts';
import type { Authenticated } from '../identity/authenticated.ts';

/** What a request says of its client. `origin`: of the page that sent it; undefined if no browser did. */
export interface ClientFacts {
  readonly clientIp: string;
  readonly origin: string | undefined;
}

/** Refuses what the principal may not do: a scope it lacks, an address or a page that its key is not for. */
export function authorise(caller: Authenticated, scope: Scope | null, client: ClientFacts): void {
  if (caller.allowedIps !== null && !isAllowedAddress(caller.allowedIps, client.clientIp)) {
    throw new AppError('insufficient_permissions', { message: 'This key may not be used from this address.' });
  }
  const { origin } = client;
  if (caller.allowedOrigins !== undefined && origin !== undefined && !caller.allowedOrigins.includes(origin)) {
    throw new AppError('insufficient_permissions', { message: 'This key may not be used by pages of this origin.' });
  }
  if (scope !== null && !caller.principal.scopes.includes(scope)) {
    throw new AppError('insufficient_permissions', { message: `This needs the scope '${scope}'.` });
  }
}

/** True if an address is one of, or inside one of, the addresses and CIDR ranges. */
export function isAllowedAddress(allowed: readonly string[], address: string): boolean {
  const list = new BlockList();
  for (const entry of allowed) {
    const [network = '', prefix] = entry.split('/');
    const family = isIPv4(network) ? 'ipv4' : 'ipv6';
    if (prefix === undefined) list.addAddress(network, family);
    else list.addSubnet(network, Number(prefix), family);
  }
  return list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}
