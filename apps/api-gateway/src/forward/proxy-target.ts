import { Pool } from 'undici';

const connectionsMax = 256;
const connectTimeoutMs = 3000;
/** Less than the 65 s for which a proxy keeps an idle connection, so that no request is sent on one that it is closing. */
const keepAliveMaxMs = 30_000;
/** So long a target that took no connection is passed over. */
const restMs = 1000;
/** No proxy drains for longer. */
const leavingMaxMs = 3_600_000;

/** One proxy process, with what is known of it. */
export class ProxyTarget {
  readonly url: string;
  readonly pool: Pool;
  inFlight = 0;
  #restUntilMs = 0;

  /** `servername` is what an https proxy's certificate must say, where the URL has only its address. */
  constructor(url: string, servername?: string) {
    this.url = url;
    this.pool = new Pool(url, {
      connections: connectionsMax,
      pipelining: 1,
      connect: { timeout: connectTimeoutMs, ...(servername !== undefined && { servername }) },
      keepAliveMaxTimeout: keepAliveMaxMs,
      // The proxy bounds every wait of its own; these only catch a proxy that hangs as a whole.
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

  /** Rejects unless it answers; what it answers does not matter, since its health may have a port of its own. */
  async checkHealth(): Promise<void> {
    const { body } = await this.pool.request({
      method: 'GET',
      path: '/health/live',
      headersTimeout: 1500,
      bodyTimeout: 1500,
    });
    await body.dump();
  }

  /** Lets what is open end, for as long as a proxy may take to drain. */
  async leave(): Promise<void> {
    const timer = setTimeout(() => void this.pool.destroy(), leavingMaxMs);
    timer.unref();
    await this.pool.close().catch(() => undefined);
    clearTimeout(timer);
  }
}
