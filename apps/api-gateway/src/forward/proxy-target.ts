import { Pool } from 'undici';

const connectTimeoutMs = 3000;
/** Less than the 65 s for which a proxy keeps an idle connection, so that no request is sent on one that it is closing. */
const keepAliveMaxMs = 30_000;
const healthDeadlineMs = 1500;
/** So long a target that took no connection is passed over. */
const restMs = 1000;
/** No proxy drains for longer. */
const leavingMaxMs = 3_600_000;

/** One proxy process, with what is known of it. */
export class ProxyTarget {
  readonly url: string;
  readonly pool: Pool;
  /** A separate connection for health checks of the proxy, so that no traffic can delay them. */
  readonly #health: Pool;
  inFlight = 0;
  #restUntilMs = 0;

  /**
   * `connectionsMax` is at least the number of requests that the gateway takes on, so that none waits in the pool, which has
   * no bound and no deadline. `servername` is what an https proxy's certificate must say if the URL has only its address.
   */
  constructor(url: string, connectionsMax: number, servername?: string) {
    this.url = url;
    const connect = { timeout: connectTimeoutMs, ...(servername !== undefined && { servername }) };
    this.#health = new Pool(url, { connections: 1, connect, keepAliveMaxTimeout: keepAliveMaxMs });
    this.pool = new Pool(url, {
      connections: connectionsMax,
      pipelining: 1,
      connect,
      // A proxy's answers do not name the time.
      keepAliveTimeout: keepAliveMaxMs,
      keepAliveMaxTimeout: keepAliveMaxMs,
      // The proxy bounds each of its waits; these only catch a proxy that hangs as a whole.
      headersTimeout: 900_000,
      bodyTimeout: 900_000,
    });
  }

  isResting(nowMs: number): boolean {
    return nowMs < this.#restUntilMs;
  }

  rest(nowMs: number): void {
    this.#restUntilMs = nowMs + restMs;
  }

  /** Rejects unless it answers; what it answers does not matter, because its health may have a separate port. */
  async checkHealth(): Promise<void> {
    const { body } = await this.#health.request({
      method: 'GET',
      path: '/health/live',
      signal: AbortSignal.timeout(healthDeadlineMs),
    });
    await body.dump();
  }

  /** Ends everything at once. */
  async destroy(): Promise<void> {
    await Promise.all([this.pool.destroy(), this.#health.destroy()]);
  }

  /** Lets what is open end, for as long as a proxy may take to drain. */
  async leave(): Promise<void> {
    const timer = setTimeout(() => void this.pool.destroy(), leavingMaxMs);
    timer.unref();
    await Promise.all([this.pool.close().catch(() => undefined), this.#health.destroy()]);
    clearTimeout(timer);
  }
}
