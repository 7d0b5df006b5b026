import { BlockList, isIPv4 } from 'node:net';
import { AppError, type Scope } from '@aggregator/contracts';
import type { Authenticated } from '../identity/authenticated.ts';

/** Refuses what the principal may not do: a scope it lacks, an address its key is not for. */
export function authorise(caller: Authenticated, scope: Scope | null, clientIp: string): void {
  if (caller.allowedIps !== null && !isAllowedAddress(caller.allowedIps, clientIp)) {
    throw new AppError('insufficient_permissions', { message: 'This key may not be used from this address.' });
  }
  if (scope !== null && !caller.principal.scopes.includes(scope)) {
    throw new AppError('insufficient_permissions', { message: `This needs the scope '${scope}'.` });
  }
}

/** Whether an address is one of, or inside one of, the addresses and CIDR ranges. */
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
