import { type Clock, type KubernetesConnection, KubernetesError, type LeaderElector } from '../port.ts';
import { pause } from '../time/pause.ts';
import { systemClock } from '../time/system-clock.ts';
import { createLeaseStore, type Lease, type LeaseStore, toMicroTime } from './lease.ts';

export interface LeaderElectorOptions {
  readonly connection: KubernetesConnection;
  readonly namespace: string;
  readonly name: string;
  /** Of this process alone: the pod's name is enough, for a pod has one process that competes. */
  readonly identity: string;
  /** How long the others wait after they last saw the Lease change. */
  readonly leaseMs?: number;
  /** How long a leader leads without having renewed; less than `leaseMs`, and the difference is the safety. */
  readonly renewDeadlineMs?: number;
  readonly retryMs?: number;
  onStarted(epoch: number): void;
  /** Called once, for good: a process that lost the lead ends and is restarted. Not called by `close`. */
  onLost(reason: string): void;
  onError?(error: unknown): void;
  readonly clock?: Clock;
  readonly random?: () => number;
}

const releaseDeadlineMs = 2000;
/** The lease length that another holder declares counts if it is longer, up to this. */
const leaseMsMax = 60_000;

/** @throws RangeError if two could lead at once with these times. */
export function createLeaderElector(options: LeaderElectorOptions): LeaderElector {
  return new Elector(options);
}

interface Leadership {
  readonly epoch: number;
  /** When the write that renewed it last was begun; the others cannot have seen it sooner. */
  renewedAtMs: number;
  lease: Lease;
}

class Elector implements LeaderElector {
  readonly #options: LeaderElectorOptions;
  readonly #clock: Clock;
  readonly #leases: LeaseStore;
  readonly #leaseMs: number;
  readonly #renewDeadlineMs: number;
  readonly #retryMs: number;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #leadership: Leadership | undefined;
  /** True if one of our writes may have made us the holder, also a write whose answer never came. */
  #mayHold = false;
  #cancelDeadline: (() => void) | undefined;
  /** The Lease as it was seen last, and since when it has looked like that. */
  #observed: { resourceVersion: string; sinceMs: number } | undefined;

  constructor(options: LeaderElectorOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#leases = createLeaseStore(options);
    this.#leaseMs = options.leaseMs ?? 15_000;
    this.#renewDeadlineMs = options.renewDeadlineMs ?? 10_000;
    this.#retryMs = options.retryMs ?? 2000;
    if (!(this.#retryMs < this.#renewDeadlineMs && this.#renewDeadlineMs < this.#leaseMs)) {
      throw new RangeError('retryMs < renewDeadlineMs < leaseMs, else two could lead at once');
    }
  }

  start(): void {
    if (this.#stop.signal.aborted) return;
    this.#running ??= this.#run();
  }

  /** Asks the time as well: a process that was stopped for a minute finds its timers late, too. */
  get isLeader(): boolean {
    return this.#current() !== undefined;
  }

  get epoch(): number | null {
    return this.#current()?.epoch ?? null;
  }

  #current(): Leadership | undefined {
    const leadership = this.#leadership;
    if (leadership === undefined) return undefined;
    return this.#clock.nowMs() < leadership.renewedAtMs + this.#renewDeadlineMs ? leadership : undefined;
  }

  async close(): Promise<void> {
    this.#leadership = undefined;
    this.#cancelDeadline?.();
    this.#stop.abort(new KubernetesError(0, 'Closed', 'the elector has been closed'));
    await this.#running;
    if (this.#mayHold) await this.#release();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        if (this.#leadership === undefined) await this.#compete();
        else await this.#renew(this.#leadership);
      } catch (error) {
        if (!signal.aborted) this.#options.onError?.(error);
      }
      await pause(this.#clock, this.#retryMs * (1 + 0.2 * (this.#options.random ?? Math.random)()), signal);
    }
  }

  async #compete(): Promise<void> {
    const lease = await this.#readOrNull();
    const startedAtMs = this.#clock.nowMs();
    if (lease !== null && !this.#isFree(lease)) return;
    this.#mayHold = true;
    const spec = this.#specAfter(lease);
    const taken =
      lease === null
        ? await this.#leases.create(spec, this.#writeDeadlineMs, this.#stop.signal)
        : await this.#leases.replace(lease, spec, this.#writeDeadlineMs, this.#stop.signal);
    this.#lead(taken, startedAtMs);
  }

  get #writeDeadlineMs(): number {
    return this.#renewDeadlineMs / 2;
  }

  async #readOrNull(): Promise<Lease | null> {
    try {
      return await this.#leases.read(this.#renewDeadlineMs, this.#stop.signal);
    } catch (error) {
      if (error instanceof KubernetesError && error.status === 404) return null;
      throw error;
    }
  }

  /** By our own clock since we saw it change last: the holder's clock, and what the wall shows, may say anything. */
  #isFree({ metadata, spec }: Lease): boolean {
    const nowMs = this.#clock.nowMs();
    if (this.#observed?.resourceVersion !== metadata.resourceVersion) {
      this.#observed = { resourceVersion: metadata.resourceVersion, sinceMs: nowMs };
    }
    const holder = spec?.holderIdentity ?? '';
    if (holder === '' || holder === this.#options.identity) return true;
    const theirsMs = Math.min(leaseMsMax, (spec?.leaseDurationSeconds ?? 0) * 1000);
    return nowMs >= this.#observed.sinceMs + Math.max(this.#leaseMs, theirsMs);
  }

  #lead(lease: Lease, startedAtMs: number): void {
    // An answer that took so long leaves no time to renew. The Lease is ours; the next look finds that out, and leads.
    if (this.#stop.signal.aborted || this.#clock.nowMs() >= startedAtMs + this.#writeDeadlineMs) return;
    const epoch = Number(lease.metadata.resourceVersion);
    this.#leadership = { epoch, renewedAtMs: startedAtMs, lease };
    this.#watchDeadline(this.#leadership);
    this.#notify(() => this.#options.onStarted(epoch));
  }

  async #renew(leadership: Leadership): Promise<void> {
    const startedAtMs = this.#clock.nowMs();
    const leftMs = leadership.renewedAtMs + this.#renewDeadlineMs - startedAtMs;
    const spec = this.#specAfter(leadership.lease);
    try {
      // A third of the time at most: a hung connection leaves time for two others.
      const deadlineMs = Math.max(1, Math.min(leftMs, this.#renewDeadlineMs / 3));
      const lease = await this.#leases.replace(leadership.lease, spec, deadlineMs, this.#stop.signal);
      if (this.#leadership === leadership) this.#extend(leadership, lease, startedAtMs);
    } catch (error) {
      if (!(error instanceof KubernetesError) || (error.status !== 409 && error.status !== 404)) throw error;
      await this.#lookAgain(leadership, startedAtMs);
    }
  }

  /** Our write was refused: by another's, or by our own whose answer was lost. */
  async #lookAgain(leadership: Leadership, startedAtMs: number): Promise<void> {
    const lease = await this.#readOrNull();
    if (this.#leadership !== leadership) return;
    const holder = lease?.spec?.holderIdentity ?? '';
    if (lease === null) this.#lose('the Lease has been deleted');
    else if (holder !== this.#options.identity)
      this.#lose(holder === '' ? 'the Lease has no holder' : `the Lease is held by ${holder}`);
    // The next write renews; what was seen here says nothing about when the last one was begun.
    else this.#extend(leadership, lease, Math.min(startedAtMs, leadership.renewedAtMs));
  }

  #extend(leadership: Leadership, lease: Lease, renewedAtMs: number): void {
    leadership.lease = lease;
    leadership.renewedAtMs = renewedAtMs;
    this.#watchDeadline(leadership);
  }

  /** A separate timer, because the write that should renew may hang. */
  #watchDeadline(leadership: Leadership): void {
    this.#cancelDeadline?.();
    const leftMs = leadership.renewedAtMs + this.#renewDeadlineMs - this.#clock.nowMs();
    this.#cancelDeadline = this.#clock.after(Math.max(0, leftMs), () =>
      this.#lose(`not renewed within ${this.#renewDeadlineMs} ms`),
    );
  }

  #lose(reason: string): void {
    if (this.#leadership === undefined) return;
    this.#leadership = undefined;
    this.#cancelDeadline?.();
    this.#stop.abort(new KubernetesError(0, 'Lost', reason));
    this.#notify(() => this.#options.onLost(reason));
  }

  #specAfter(lease: Lease | null): Lease['spec'] {
    const now = toMicroTime(this.#clock.wallMs());
    const isOurs = lease?.spec?.holderIdentity === this.#options.identity;
    return {
      ...lease?.spec,
      holderIdentity: this.#options.identity,
      leaseDurationSeconds: Math.ceil(this.#leaseMs / 1000),
      acquireTime: isOurs ? (lease?.spec?.acquireTime ?? now) : now,
      renewTime: now,
      leaseTransitions: lease === null ? 0 : (lease.spec?.leaseTransitions ?? 0) + (isOurs ? 0 : 1),
    };
  }

  /**
   * Looks first, for the last renewal may have been under way. Failing here costs the next leader `leaseMs`, no more.
   */
  async #release(): Promise<void> {
    const { signal } = new AbortController();
    try {
      const lease = await this.#leases.read(releaseDeadlineMs, signal);
      if (lease.spec?.holderIdentity !== this.#options.identity) return;
      const now = toMicroTime(this.#clock.wallMs());
      const spec = { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: now };
      await this.#leases.replace(lease, spec, releaseDeadlineMs, signal);
    } catch (error) {
      this.#options.onError?.(error);
    }
  }

  #notify(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.#options.onError?.(error);
    }
  }
}
