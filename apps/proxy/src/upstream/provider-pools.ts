import { AppError } from '@aggregator/contracts';
import {
  createEgressAgent,
  createEgressConnector,
  type EgressAllowlist,
  type HttpProxies,
  hasHttpProxy,
} from '@aggregator/service-kit';
import { type Dispatcher, Pool } from 'undici';

/** Who is called: two providers at one address keep connections of their own, so that neither waits for the other. */
export interface ProviderAddress {
  readonly name: string;
  readonly baseUrl: string;
  /** Its address may be private; otherwise what is connected to is judged at each connection. */
  readonly isAddressTrusted: boolean;
  /** Most requests that are open there at once; where it is not set, the bound of all. */
  readonly concurrencyMax?: number | null;
}

/** The connections to one provider, with what is open on them. */
export interface ProviderPool {
  /** Of the provider. */
  readonly name: string;
  readonly pool: Dispatcher;
  inFlight: number;
}

const connectTimeoutMs = 3000;
const poolsMax = 1000;

/** Keep-alive connections to every provider, bounded for each. Never follows a redirect. */
export class ProviderPools {
  readonly #connectionsMax: number;
  readonly #allowlist: EgressAllowlist;
  readonly #proxies: HttpProxies;
  readonly #pools = new Map<string, ProviderPool>();
  /** Of providers that are gone, until what is open there has ended. */
  readonly #closing = new Set<ProviderPool>();

  constructor(options: { connectionsMax: number; allowlist: EgressAllowlist; proxies: HttpProxies }) {
    this.#connectionsMax = options.connectionsMax;
    this.#allowlist = options.allowlist;
    this.#proxies = options.proxies;
  }

  /** The connections to a provider. Throws `service_unavailable` where as many requests are open as may be. */
  take(provider: ProviderAddress): ProviderPool {
    const pool = this.#find(provider);
    if (pool.inFlight >= Math.min(provider.concurrencyMax ?? this.#connectionsMax, this.#connectionsMax)) {
      throw new AppError('service_unavailable', {
        internal: `${pool.inFlight} requests are open at ${provider.name}`,
        retryAfterMs: 1000,
      });
    }
    return pool;
  }

  /** Lets go of providers that are gone; what is open there ends first. */
  retain(providers: readonly ProviderAddress[]): void {
    const kept = new Set(providers.map(toKey));
    for (const [key, gone] of this.#pools) {
      if (kept.has(key)) continue;
      this.#pools.delete(key);
      this.#closing.add(gone);
      const { pool } = gone;
      void pool
        .close()
        .catch(() => pool.destroy())
        .finally(() => this.#closing.delete(gone));
    }
  }

  /** Requests that are open now, by the names of their providers, those that are gone included. */
  countInFlight(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { name, inFlight } of [...this.#pools.values(), ...this.#closing]) {
      if (inFlight > 0) counts.set(name, (counts.get(name) ?? 0) + inFlight);
    }
    return counts;
  }

  async close(): Promise<void> {
    const pools = [...this.#pools.values(), ...this.#closing];
    this.#pools.clear();
    await Promise.all(pools.map(({ pool }) => pool.destroy()));
  }

  #find(provider: ProviderAddress): ProviderPool {
    const key = toKey(provider);
    const known = this.#pools.get(key);
    if (known !== undefined) return known;
    if (this.#pools.size >= poolsMax) throw new AppError('service_unavailable', { internal: 'too many providers' });
    const made: ProviderPool = { name: provider.name, pool: this.#open(provider), inFlight: 0 };
    this.#pools.set(key, made);
    return made;
  }

  #open({ baseUrl, isAddressTrusted }: ProviderAddress): Dispatcher {
    const connect = { timeout: connectTimeoutMs, autoSelectFamily: true };
    const agent = {
      connections: this.#connectionsMax,
      pipelining: 1,
      allowH2: false,
      // Every wait has a clock of the call itself, which knows a token from a keep-alive.
      headersTimeout: 0,
      bodyTimeout: 0,
    };
    const allowlist = isAddressTrusted ? null : this.#allowlist;
    if (hasHttpProxy(this.#proxies)) return createEgressAgent({ allowlist, proxies: this.#proxies, connect, agent });
    return new Pool(new URL(baseUrl).origin, {
      ...agent,
      ...(isAddressTrusted && { autoSelectFamily: true }),
      connect: allowlist === null ? connect : createEgressConnector(allowlist, connect),
    });
  }
}

function toKey({ name, baseUrl, isAddressTrusted }: ProviderAddress): string {
  return `${name} ${isAddressTrusted} ${baseUrl}`;
}
