import type { ProviderHealth } from '@aggregator/contracts';
import type { HealthBook } from './health-book.ts';
import type { ProbeTarget } from './probe-provider.ts';

interface ProberOptions {
  /** Between the end of one pass and the begin of the next, give or take a tenth; 0 never probes. */
  intervalMs: number;
  concurrencyMax: number;
  /** The providers that can be probed at this moment, those that are wanted. Must have its own deadline. */
  listTargets(isWanted: (provider: Pick<ProbeTarget, 'name' | 'facts'>) => boolean): Promise<readonly ProbeTarget[]>;
  /** Null, or why it failed. Never rejects, and ends by its own deadline. */
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
/** After a change; what changes meanwhile is in the same pass. */
const changePauseMs = 250;

/** Asks every provider, over and over, whether it is there, and one that has changed at once. One pass never overlaps another. */
export class ProviderProber {
  readonly #options: ProberOptions;
  /** The last probe of each provider. */
  #probed = new Map<string, string>();
  #timer: NodeJS.Timeout | null = null;
  #changeTimer: NodeJS.Timeout | null = null;
  #pass: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: ProberOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#options.intervalMs > 0) this.#schedule(Math.min(firstPassMs, this.#options.intervalMs));
  }

  /** Providers may have changed: those that have are probed soon. */
  noteChange(): void {
    if (this.#isClosed || this.#options.intervalMs === 0 || this.#changeTimer !== null) return;
    this.#changeTimer = setTimeout(() => {
      this.#changeTimer = null;
      this.#pass = this.#pass.then(() => this.#probeChanged());
    }, changePauseMs);
  }

  /** Takes no new pass, and waits for the one under way: each of its probes has a deadline. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#changeTimer !== null) clearTimeout(this.#changeTimer);
    await this.#pass;
  }

  #schedule(delayMs: number): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(
      () => {
        this.#pass = this.#pass.then(() => this.#probeAll()).finally(() => this.#schedule(this.#options.intervalMs));
      },
      delayMs * (0.9 + 0.2 * this.#options.random()),
    );
  }

  async #probeAll(): Promise<void> {
    const { listTargets, book } = this.#options;
    await this.#probe(async () => {
      const targets = await listTargets(() => true);
      const names = new Set(targets.map(({ name }) => name));
      book.retain(names);
      this.#probed = new Map([...this.#probed].filter(([name]) => names.has(name)));
      return targets;
    });
  }

  async #probeChanged(): Promise<void> {
    const { listTargets } = this.#options;
    await this.#probe(() => listTargets(({ name, facts }) => this.#probed.get(name) !== facts));
  }

  async #probe(list: () => Promise<readonly ProbeTarget[]>): Promise<void> {
    const { concurrencyMax, onFailure, onPass } = this.#options;
    if (this.#isClosed) return;
    try {
      const queue = [...(await list())];
      await Promise.all(Array.from({ length: Math.min(concurrencyMax, queue.length) }, () => this.#work(queue)));
      onPass();
    } catch (error) {
      onFailure(error);
    }
  }

  async #work(queue: ProbeTarget[]): Promise<void> {
    const { probe, book, now, onChange } = this.#options;
    for (let target = queue.shift(); target !== undefined && !this.#isClosed; target = queue.shift()) {
      const { name, facts } = target;
      if (this.#probed.get(name) !== facts) book.forget(name);
      this.#probed.set(name, facts);
      const reason = await probe(target);
      if (book.record(name, reason, now())) onChange(name, book.read(name));
    }
  }
}
