import { AppError } from '@aggregator/contracts';
import { Pool } from 'undici';

/** Who is called: two providers at one address keep connections of their own, so that neither waits for the other. */
export interface ProviderAddress {
  readonly name: string;
  readonly baseUrl: string;
}

/** The connections to one provider, with what is open on them. */
export interface ProviderPool {
  readonly pool: Pool;
  inFlight: number;
}

const connectTimeoutMs = 3000;
const poolsMax = 1000;

/** Keep-alive connections to every provider, bounded for each. Never follows a redirect. */
export class ProviderPools {
  readonly #connectionsMax: number;
  readonly #pools = new Map<string, ProviderPool>();

  constructor(options: { connectionsMax: number }) {
    this.#connectionsMax = options.connectionsMax;
  }

  /** The connections to a provider. Throws `service_unavailable` where as many requests are open as may be. */
  take(provider: ProviderAddress): ProviderPool {
    const pool = this.#find(provider);
    if (pool.inFlight >= this.#connectionsMax) {
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
    for (const [key, { pool }] of this.#pools) {
      if (kept.has(key)) continue;
      this.#pools.delete(key);
      void pool.close().catch(() => pool.destroy());
    }
  }

  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map(({ pool }) => pool.destroy()));
  }

  #find(provider: ProviderAddress): ProviderPool {
    const key = toKey(provider);
    const known = this.#pools.get(key);
    if (known !== undefined) return known;
    if (this.#pools.size >= poolsMax) throw new AppError('service_unavailable', { internal: 'too many providers' });
    const made: ProviderPool = { pool: this.#open(new URL(provider.baseUrl).origin), inFlight: 0 };
    this.#pools.set(key, made);
    return made;
  }

  #open(origin: string): Pool {
    return new Pool(origin, {
      connections: this.#connectionsMax,
      pipelining: 1,
      allowH2: false,
      autoSelectFamily: true,
      connect: { timeout: connectTimeoutMs },
      // Every wait has a clock of the call itself, which knows a token from a keep-alive.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }
}

function toKey({ name, baseUrl }: ProviderAddress): string {
  return `${name} ${baseUrl}`;
}
