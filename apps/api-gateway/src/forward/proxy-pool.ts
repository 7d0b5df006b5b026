import { Pool } from 'undici';

/** One proxy process, with what is known of its load. */
export interface ProxyTarget {
  readonly pool: Pool;
  inFlight: number;
}

const connectionsMax = 256;

/**
 * The proxies behind this gateway. Each request goes to the less busy of two chosen at random, since keep-alive
 * connections would otherwise hold on to whichever pods were there first.
 */
export class ProxyPool {
  readonly #targets: readonly ProxyTarget[];
  readonly #random: () => number;

  constructor(urls: readonly string[], random: () => number = Math.random) {
    this.#random = random;
    this.#targets = urls.map((url) => ({
      inFlight: 0,
      pool: new Pool(url, {
        connections: connectionsMax,
        pipelining: 1,
        connect: { timeout: 3000 },
        // The proxy bounds every wait of its own; these only catch a proxy that hangs as a whole.
        headersTimeout: 900_000,
        bodyTimeout: 900_000,
      }),
    }));
  }

  choose(): ProxyTarget {
    const [first, second] = [this.#pick(), this.#pick()];
    return first.inFlight <= second.inFlight ? first : second;
  }

  /** Rejects unless some proxy answers that it is alive. */
  async checkHealth(): Promise<void> {
    const { statusCode, body } = await this.choose().pool.request({
      method: 'GET',
      path: '/health/live',
      headersTimeout: 1500,
      bodyTimeout: 1500,
    });
    await body.dump();
    if (statusCode !== 200) throw new Error(`proxy answered ${statusCode}`);
  }

  async close(): Promise<void> {
    await Promise.all(this.#targets.map((target) => target.pool.destroy()));
  }

  #pick(): ProxyTarget {
    const target = this.#targets[Math.floor(this.#random() * this.#targets.length)];
    if (target === undefined) throw new Error('no proxy is configured');
    return target;
  }
}
