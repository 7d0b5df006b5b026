import { AppError, tlsOption } from '@aggregator/contracts';
import {
  createEgressAgent,
  createEgressConnector,
  type EgressAllowlist,
  FairPool,
  type HttpProxies,
  hasHttpProxy,
  type TlsFiles,
  unpackTls,
} from '@aggregator/service-kit';
import { buildConnector, type Dispatcher, Pool } from 'undici';
import { skippingContinue } from './skip-continue.ts';

/** Who is called: two providers at one address keep separate connections, so that neither waits for the other. */
export interface ProviderAddress {
  readonly name: string;
  readonly baseUrl: string;
  /** Its address may be private; otherwise what is connected to is judged at each connection. */
  readonly isAddressTrusted: boolean;
  /** Most requests that are open there at once; where it is not set, the bound of all. */
  readonly concurrencyMax?: number | null;
  /** `tls` names its files, which only the operator of the installation can set, or the secret with those of its resource. */
  readonly options?: Readonly<Record<string, string>>;
}

/** The connections to one provider, as one caller may use them. */
export interface ProviderPool {
  /** Of the provider. */
  readonly name: string;
  readonly pool: Dispatcher;
  /** Counts a call as open until the function that it returns is called. */
  enter(): () => void;
}

interface OpenPool {
  readonly name: string;
  readonly pool: Dispatcher;
  /** The share of each organisation in the connections. */
  readonly shares: FairPool;
  inFlight: number;
}

/** Eight ninths of what a provider's connections give to all, while the organisation is alone. */
const organizationWeight = 8;
const connectTimeoutMs = 3000;
const poolsMax = 1000;

/** Keep-alive connections to every provider, bounded for each. Never follows a redirect. */
export class ProviderPools {
  readonly #connectionsMax: number;
  readonly #allowlist: EgressAllowlist;
  readonly #proxies: HttpProxies;
  readonly #tlsFiles: ReadonlyMap<string, TlsFiles>;
  readonly #readSecret: (reference: string) => string | null;
  readonly #pools = new Map<string, OpenPool>();
  /** Of providers that are gone, until what is open there has ended. */
  readonly #closing = new Set<OpenPool>();

  constructor(options: {
    connectionsMax: number;
    allowlist: EgressAllowlist;
    proxies: HttpProxies;
    tlsFiles?: ReadonlyMap<string, TlsFiles>;
    /** The secret behind a reference. @throws {AppError} `upstream_misconfigured` if it is not here. */
    readSecret?: (reference: string) => string | null;
  }) {
    this.#connectionsMax = options.connectionsMax;
    this.#allowlist = options.allowlist;
    this.#proxies = options.proxies;
    this.#tlsFiles = options.tlsFiles ?? new Map();
    this.#readSecret = options.readSecret ?? (() => null);
  }

  /**
   * Returns the connections to a provider for this organisation; null for a call of the proxy itself. Throws
   * `service_unavailable` if as many requests are open as may be, or the organisation has its share (I12). A provider with
   * a `concurrencyMax` has no shares, because a small number cannot be divided.
   */
  take(provider: ProviderAddress, orgId: string | null): ProviderPool {
    const open = this.#find(provider);
    const { name, pool, shares } = open;
    const bound = Math.min(provider.concurrencyMax ?? this.#connectionsMax, this.#connectionsMax);
    if (open.inFlight >= bound) throw refuse(`${open.inFlight} requests are open at ${name}`);
    const hasShares = orgId !== null && bound >= this.#connectionsMax;
    const claims = hasShares ? [{ kind: 'organization', subject: orgId, weight: organizationWeight } as const] : [];
    const share = shares.open(claims);
    const refusal = share.judge(1);
    share.close();
    if (refusal !== null) throw refuse(`the organisation has its share of the connections to ${name}`);
    return {
      ...{ name, pool },
      enter() {
        const taken = shares.open(claims);
        taken.take(1);
        open.inFlight += 1;
        return () => {
          taken.close();
          open.inFlight -= 1;
        };
      },
    };
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

  #find(provider: ProviderAddress): OpenPool {
    const key = toKey(provider);
    const known = this.#pools.get(key);
    if (known !== undefined) return known;
    if (this.#pools.size >= poolsMax) throw new AppError('service_unavailable', { internal: 'too many providers' });
    const shares = new FairPool(provider.name, this.#connectionsMax);
    const made: OpenPool = { name: provider.name, pool: this.#open(provider), shares, inFlight: 0 };
    this.#pools.set(key, made);
    return made;
  }

  #open({ baseUrl, isAddressTrusted, options }: ProviderAddress): Dispatcher {
    const tls = this.#readTls(options?.[tlsOption] ?? '', isAddressTrusted);
    const connect = { timeout: connectTimeoutMs, autoSelectFamily: true, ...tls };
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
      connect: skippingContinue(
        allowlist === null ? buildConnector(connect) : createEgressConnector(allowlist, connect),
      ),
    });
  }

  #readTls(named: string, isAddressTrusted: boolean): TlsFiles | undefined {
    if (!named.startsWith('stored:')) return isAddressTrusted ? this.#tlsFiles.get(named) : undefined;
    const files = unpackTls(this.#readSecret(named) ?? '');
    if (files === null) throw new AppError('upstream_misconfigured', { internal: `${named} holds no certificates` });
    return files;
  }
}

function toKey({ name, baseUrl, isAddressTrusted, options }: ProviderAddress): string {
  return `${name} ${isAddressTrusted} ${baseUrl} ${options?.[tlsOption] ?? ''}`;
}

function refuse(internal: string): AppError {
  return new AppError('service_unavailable', { internal, retryAfterMs: 1000 });
}
