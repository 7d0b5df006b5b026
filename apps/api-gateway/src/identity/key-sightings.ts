import type { Principal, KeySightings as Report } from '@aggregator/contracts';
import { toAddressBlock } from '@aggregator/service-kit';

/** API keys of one report; keys beyond it are not reported in that minute. */
const keysMax = 1000;
const addressesPerKeyMax = 8;
const rejectedMax = 100;

interface Sighting {
  readonly organizationId: string;
  requests: number;
  lastIp: string;
  readonly addresses: Set<string>;
}

/** Counts which API keys were used, and from which addresses, until the next report to auth. In memory alone, and bounded. */
export class KeySightings {
  #keys = new Map<string, Sighting>();
  #rejected = new Map<string, number>();

  /** Takes one request of a caller; access tokens are not counted. */
  see({ keyId, orgId }: Pick<Principal, 'keyId' | 'orgId'>, clientIp: string): void {
    if (keyId === null) return;
    let sighting = this.#keys.get(keyId);
    if (sighting === undefined) {
      if (this.#keys.size >= keysMax) return;
      sighting = { organizationId: orgId, requests: 0, lastIp: '', addresses: new Set() };
      this.#keys.set(keyId, sighting);
    }
    sighting.requests += 1;
    if (sighting.lastIp === clientIp || sighting.addresses.size >= addressesPerKeyMax) return;
    sighting.lastIp = clientIp;
    sighting.addresses.add(toAddressBlock(clientIp));
  }

  /** Takes an address that has sent too many credentials that are not good. */
  reject(clientIp: string): void {
    const address = toAddressBlock(clientIp);
    const count = this.#rejected.get(address) ?? 0;
    if (count > 0 || this.#rejected.size < rejectedMax) this.#rejected.set(address, count + 1);
  }

  /** Returns what was counted, and begins again; null if there is nothing. */
  take(): Report | null {
    if (this.#keys.size === 0 && this.#rejected.size === 0) return null;
    const keys = [...this.#keys].map(([keyId, { organizationId, requests, addresses }]) => {
      return { keyId, organizationId, requests, addresses: [...addresses] };
    });
    const rejected = [...this.#rejected].map(([address, count]) => ({ address, count }));
    this.#keys = new Map();
    this.#rejected = new Map();
    return { keys, rejected };
  }
}
