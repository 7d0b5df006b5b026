import type { SecurityEventType, SecuritySeverity } from '@aggregator/contracts';

/** What is known of an API key's use before a sighting. */
export interface KnownUse {
  readonly addresses: readonly string[];
  readonly firstUsedAt: Date;
  readonly lastUsedAt: Date;
}

export interface Suspicion {
  readonly type: SecurityEventType;
  readonly severity: SecuritySeverity;
  readonly details: Readonly<Record<string, string | number>>;
}

const dayMs = 86_400_000;
/** A new key learns its addresses first. */
const learningMs = dayMs;
const silenceMs = 30 * dayMs;
/** Requests in one report, which covers a minute. */
const burstRequests = 60;
export const addressesMax = 16;

/**
 * Returns what is suspicious in the use of a key: an address in a network that it was never used from, or many requests after 30 days
 * without one. `known` is null for a key that was never used; `createdAt` then counts as its last use. Pure.
 */
export function judgeSighting(
  { addresses, requests }: { readonly addresses: readonly string[]; readonly requests: number },
  known: KnownUse | null,
  createdAt: Date,
  now: Date,
): Suspicion[] {
  const silentMs = now.getTime() - (known?.lastUsedAt ?? createdAt).getTime();
  const isBurst = silentMs >= silenceMs && requests >= burstRequests;
  const networks = new Set(known?.addresses.map(toNetwork));
  const hasLearned = known !== null && now.getTime() - known.firstUsedAt.getTime() >= learningMs;
  const foreign = hasLearned ? addresses.find((address) => !networks.has(toNetwork(address))) : undefined;
  const silence = { silentDays: Math.floor(silentMs / dayMs), requests };
  return [
    ...(foreign === undefined ? [] : [newAddress(foreign, isBurst)]),
    ...(isBurst ? [{ type: 'key.burst_after_silence', severity: 'medium', details: silence } as const] : []),
  ];
}

function newAddress(address: string, isBurst: boolean): Suspicion {
  return { type: 'key.new_address', severity: isBurst ? 'high' : 'medium', details: { address } };
}

/** Returns the addresses that are kept: the newest last. */
export function joinAddresses(known: readonly string[], seen: readonly string[]): string[] {
  return [...known.filter((address) => !seen.includes(address)), ...new Set(seen)].slice(-addressesMax);
}

/** The network that one provider of access or one company usually has: a /16 of IPv4, a /32 of IPv6. */
export function toNetwork(address: string): string {
  return address.includes(':') ? address.split(':').slice(0, 2).join(':') : address.split('.').slice(0, 2).join('.');
}
