import { AppError } from '@aggregator/contracts';
import { ProxyTarget } from './proxy-target.ts';

/** Where a proxy is, and what its certificate must say where that is not in the URL. */
export interface ProxyAddress {
  readonly url: string;
  readonly servername?: string;
}

const askedMax = 3;
/** So long a proxy that was alive is believed to be. */
const healthBelievedMs = 1000;
const connectionsMaxDefault = 1024;

export interface ProxyPoolOptions {
  /** Most connections to one proxy: as many as the gateway takes on requests. */
  readonly connectionsMax?: number;
  readonly random?: () => number;
  readonly now?: () => number;
}

/**
 * The proxies behind this gateway. Each request goes to the less busy of two chosen at random, since keep-alive
 * connections would otherwise hold on to whichever pods were there first.
 */
export class ProxyPool {
  #targets: readonly ProxyTarget[] = [];
  /** Gone from the list, but with requests under way. */
  readonly #leaving = new Set<ProxyTarget>();
  readonly #connectionsMax: number;
  readonly #random: () => number;
  readonly #now: () => number;
  #healthAsked: Promise<void> | null = null;
  #healthyUntilMs = Number.NEGATIVE_INFINITY;

  constructor({ connectionsMax, random, now }: ProxyPoolOptions = {}) {
    this.#connectionsMax = connectionsMax ?? connectionsMaxDefault;
    this.#random = random ?? Math.random;
    this.#now = now ?? (() => performance.now());
  }

  get urls(): readonly string[] {
    return this.#targets.map(({ url }) => url);
  }

  /** The proxies that there are now. Those that were there before keep their connections. */
  replace(addresses: readonly ProxyAddress[]): void {
    const before = new Map(this.#targets.map((target) => [target.url, target]));
    this.#targets = addresses.map(
      ({ url, servername }) => before.get(url) ?? new ProxyTarget(url, this.#connectionsMax, servername),
    );
    const now = new Set(this.#targets);
    for (const target of before.values()) if (!now.has(target)) this.#dismiss(target);
  }

  /**
   * One that was not tried yet; one that rests only where all do. Throws `service_unavailable` where none is left.
   */
  choose(tried: ReadonlySet<ProxyTarget> = new Set()): ProxyTarget {
    const nowMs = this.#now();
    let candidates = this.#targets;
    if (tried.size > 0 || candidates.some((target) => target.isResting(nowMs))) {
      const untried = candidates.filter((target) => !tried.has(target));
      const awake = untried.filter((target) => !target.isResting(nowMs));
      candidates = awake.length > 0 ? awake : untried;
    }
    const [first, second] = [this.#pick(candidates), this.#pick(candidates)];
    return first.inFlight <= second.inFlight ? first : second;
  }

  /** It took no connection: for a short while others are asked first. */
  rest(target: ProxyTarget): void {
    target.rest(this.#now());
  }

  /** Rejects unless some proxy responds. All callers at one time share a question, and its good answer for a second. */
  checkHealth(): Promise<void> {
    if (this.#now() < this.#healthyUntilMs) return Promise.resolve();
    this.#healthAsked ??= this.#askAFew().finally(() => {
      this.#healthAsked = null;
    });
    return this.#healthAsked;
  }

  async #askAFew(): Promise<void> {
    const asked = new Set<ProxyTarget>();
    const count = Math.min(askedMax, this.#targets.length);
    while (asked.size < count) asked.add(this.choose(asked));
    await Promise.any([...asked].map((target) => target.checkHealth()));
    this.#healthyUntilMs = this.#now() + healthBelievedMs;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#targets, ...this.#leaving].map((target) => target.destroy()));
  }

  #dismiss(target: ProxyTarget): void {
    this.#leaving.add(target);
    void target.leave().then(() => this.#leaving.delete(target));
  }

  #pick(candidates: readonly ProxyTarget[]): ProxyTarget {
    const target = candidates[Math.floor(this.#random() * candidates.length)];
    if (target === undefined) {
      throw new AppError('service_unavailable', { internal: 'no proxy takes a connection', retryAfterMs: 1000 });
    }
    return target;
  }
}
