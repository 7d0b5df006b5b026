import { lookup } from 'node:dns/promises';
import { isIPv6 } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { withDeadline } from '@aggregator/service-kit';
import type { ProxyAddress, ProxyPool } from './proxy-pool.ts';

/** All addresses of a host, as the system resolves it; search domains are what makes a Service's short name one. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

export interface DiscoveryOptions {
  readonly pool: Pick<ProxyPool, 'replace'>;
  readonly urls: readonly string[];
  readonly intervalMs: number;
  readonly resolve: ResolveHost;
  onFailed(host: string, error: unknown): void;
}

const deadlineMs = 2000;
const targetsMax = 200;
/** Part of the interval by which each wait differs, so that gateways do not ask all at once. */
const jitter = 0.2;

export const resolveHost: ResolveHost = async (host) =>
  (await lookup(host, { all: true })).map(({ address }) => address);

/**
 * Keeps the pool to the addresses that the hosts of `urls` have. A host that cannot be resolved, or has none, keeps those
 * known last: a proxy that is gone is found by failing, and none at all would be worse.
 */
export class ProxyDiscovery {
  readonly #options: DiscoveryOptions;
  readonly #known = new Map<string, readonly string[]>();
  /** Questions without an answer yet: one that hangs is not asked again. */
  readonly #asking = new Map<string, Promise<readonly string[]>>();
  /** Hosts whose failure is reported: once, not each second. */
  readonly #failing = new Set<string>();

  constructor(options: DiscoveryOptions) {
    this.#options = options;
  }

  /** Asks once; resolves when the addresses are known, or when the look-up has failed. */
  async refresh(): Promise<void> {
    const { pool, urls } = this.#options;
    const found = await Promise.all(urls.map((url) => this.#expand(new URL(url))));
    const addresses = new Map(found.flat().map((address) => [address.url, address]));
    if (addresses.size > 0) pool.replace([...addresses.values()].slice(0, targetsMax));
  }

  /** Asks again and again until the signal; never rejects. */
  async follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const waitMs = this.#options.intervalMs * (1 - jitter + 2 * jitter * Math.random());
      await pause(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (!signal.aborted) await this.refresh();
    }
  }

  async #expand(url: URL): Promise<ProxyAddress[]> {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    try {
      const addresses = await this.#ask(host);
      if (addresses.length === 0) throw new Error('it has no address');
      this.#known.set(host, [...new Set(addresses)].sort());
      this.#failing.delete(host);
    } catch (error) {
      if (!this.#failing.has(host)) this.#options.onFailed(host, error);
      this.#failing.add(host);
    }
    return (this.#known.get(host) ?? []).map((address) => toAddress(url, host, address));
  }

  async #ask(host: string): Promise<readonly string[]> {
    let asking = this.#asking.get(host);
    if (asking === undefined) {
      asking = this.#options.resolve(host).finally(() => this.#asking.delete(host));
      // It may fail when no caller waits for it any more.
      asking.catch(() => undefined);
      this.#asking.set(host, asking);
    }
    return withDeadline(asking, deadlineMs, `looking up ${host}`);
  }
}

function toAddress(url: URL, host: string, address: string): ProxyAddress {
  const port = url.port === '' ? '' : `:${url.port}`;
  const name = isIPv6(address) ? `[${address}]` : address;
  return { url: `${url.protocol}//${name}${port}`, ...(url.protocol === 'https:' && { servername: host }) };
}
