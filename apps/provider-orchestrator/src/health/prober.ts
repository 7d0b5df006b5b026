import type { ProviderHealth } from '@aggregator/contracts';
import type { HealthBook } from './health-book.ts';
import type { ProbeTarget } from './probe-provider.ts';

interface ProberOptions {
  /** Between the end of one pass and the begin of the next, give or take a tenth; 0 never probes. */
  intervalMs: number;
  concurrencyMax: number;
  /** The providers that can be probed at this moment. Must have a deadline of its own. */
  listTargets(): Promise<readonly ProbeTarget[]>;
  /** Null, or why it failed. Never rejects, and ends by a deadline of its own. */
  probe(target: ProbeTarget): Promise<string | null>;
  book: HealthBook;
  now(): number;
  /** From 0 to 1: so that instances that started together do not stay together. */
  random(): number;
  onChange(name: string, health: ProviderHealth): void;
  /** After each pass. */
  onPass(): void;
  /** The targets could not be listed; the next pass tries again. */
  onFailure(error: unknown): void;
}

/** The first pass comes soon, so that what is wrong from the start is seen. */
const firstPassMs = 1000;

/** Asks every provider, over and over, whether it is there. One pass never overlaps another. */
export class ProviderProber {
  #options: ProberOptions;
  #timer: NodeJS.Timeout | null = null;
  #pass: Promise<void> | null = null;
  #isClosed = false;

  constructor(options: ProberOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#options.intervalMs > 0) this.#schedule(Math.min(firstPassMs, this.#options.intervalMs));
  }

  /** Takes no new pass, and waits for the one under way: each of its probes has a deadline. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#pass;
  }

  #schedule(delayMs: number): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(
      () => {
        this.#pass = this.#probeAll().finally(() => this.#schedule(this.#options.intervalMs));
      },
      delayMs * (0.9 + 0.2 * this.#options.random()),
    );
  }

  async #probeAll(): Promise<void> {
    const { listTargets, concurrencyMax, book, onFailure, onPass } = this.#options;
    try {
      const targets = await listTargets();
      book.retain(new Set(targets.map(({ name }) => name)));
      const queue = [...targets];
      await Promise.all(Array.from({ length: Math.min(concurrencyMax, queue.length) }, () => this.#work(queue)));
      onPass();
    } catch (error) {
      onFailure(error);
    }
  }

  async #work(queue: ProbeTarget[]): Promise<void> {
    const { probe, book, now, onChange } = this.#options;
    for (let target = queue.shift(); target !== undefined && !this.#isClosed; target = queue.shift()) {
      const reason = await probe(target);
      if (book.record(target.name, reason, now())) onChange(target.name, book.read(target.name));
    }
  }
}
