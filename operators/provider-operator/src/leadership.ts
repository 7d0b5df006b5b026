import type { Clock, LeaderElector } from '@aggregator/kubernetes';
import type { OperatorEvents } from './events.ts';
import type { Operator } from './operator.ts';
import { type Watches, watchedFromTheStart } from './watch/open-watches.ts';

export interface LeadershipParts {
  readonly watches: Watches;
  readonly clock: Clock;
  readonly events: OperatorEvents;
  createElector(callbacks: { onStarted(epoch: number): void; onLost(reason: string): void }): LeaderElector;
  createOperator(epoch: number, onStale: () => void): Operator;
  /** Ends the process: its supervisor restarts it without its old state. */
  exit(): void;
}

/** An API server that says nothing for so long has forgotten us, or we it. */
const silenceMsMax = 15 * 60_000;
const lookMs = 100;
const watchdogMs = 30_000;

/**
 * From followers to leader, and no way back: every instance keeps its caches warm, competes once it has seen
 * everything, works while it leads, and ends its process when it does not any more.
 */
export class Leadership {
  readonly #parts: LeadershipParts;
  readonly #elector: LeaderElector;
  readonly #startedAtMs: number;
  #operator: Operator | null = null;
  #isEnded = false;
  #cancelLook: () => void = () => undefined;
  #cancelWatchdog: () => void = () => undefined;

  constructor(parts: LeadershipParts) {
    this.#parts = parts;
    this.#startedAtMs = parts.clock.nowMs();
    this.#elector = parts.createElector({
      onStarted: (epoch) => this.#lead(epoch),
      onLost: (reason) => this.#end(reason),
    });
  }

  get isLeader(): boolean {
    return this.#elector.isLeader;
  }

  get isSettled(): boolean {
    return watchedFromTheStart(this.#parts.watches).every(({ isSettled }) => isSettled);
  }

  start(): void {
    for (const watched of watchedFromTheStart(this.#parts.watches)) watched.start();
    this.#look();
    this.#guard();
  }

  async close(): Promise<void> {
    this.#isEnded = true;
    this.#cancelLook();
    this.#cancelWatchdog();
    await this.#operator?.close();
    // Last, so that the next leader does not begin while we still write.
    await this.#elector.close();
  }

  /** A process that has not listed everything must not lead: an object that it has not seen would look deleted. */
  #look(): void {
    if (this.#isEnded) return;
    if (this.isSettled) this.#elector.start();
    else this.#cancelLook = this.#parts.clock.after(lookMs, () => this.#look());
  }

  #lead(epoch: number): void {
    if (this.#isEnded) return;
    this.#parts.events.leadershipTaken(epoch);
    this.#operator = this.#parts.createOperator(epoch, () => this.#end('another process leads'));
    this.#operator.start();
  }

  #end(reason: string): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#parts.events.processEnded(reason);
    void this.#operator?.close();
    this.#parts.exit();
  }

  #guard(): void {
    if (this.#isEnded) return;
    const { watches, clock } = this.#parts;
    const heardAtMs = Math.min(...watchedFromTheStart(watches).map(({ lastHeardMs }) => lastHeardMs));
    const silentMs = clock.nowMs() - Math.max(heardAtMs, this.#startedAtMs);
    if (silentMs > silenceMsMax) this.#end('the API server has been silent for 15 minutes');
    else this.#cancelWatchdog = clock.after(watchdogMs, () => this.#guard());
  }
}
