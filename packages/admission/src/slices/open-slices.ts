import { OpenMap } from '@aggregator/service-kit';
import type { CounterSlices } from '../port.ts';
import type { Slice } from './slice.ts';

export interface OpenSlicesOptions {
  slices: Pick<CounterSlices, 'book'>;
  /** A monotonic clock in milliseconds. */
  now(): number;
  /** From now on the slice admits nothing more. */
  onDrained(slice: Slice): void;
  /** Nothing of the slice is open any more, and the store knows it or did not answer. */
  onEnded(sliceId: string): void;
}

interface Entry {
  readonly slice: Slice;
  /** Steps on one slice are taken one after another. */
  tail: Promise<unknown>;
  isQueued: boolean;
  failures: number;
  bookedMs: number;
  notBeforeMs: number;
}

/** What was charged is known to the store after this: before the usage event, which is shipped later, reaches the ledger. */
const bookAfterMs = 25;
/**
 * How long the store keeps a slice that it hears nothing of: what a process takes with it when it dies is free again after this. It
 * is booked far more often.
 */
export const sliceTtlMs = 20_000;
const keepMs = 5000;
const triesMax = 4;
const pauseMs = 400;

/** Slices of this process that the store still has, and what has to be booked of them. */
export class OpenSlices {
  readonly #options: OpenSlicesOptions;
  readonly #entries = new OpenMap<string, Entry>();
  #timer: NodeJS.Timeout | undefined;
  #dueMs = Number.POSITIVE_INFINITY;
  /** The timer is set for what changed, so that a further change does not look at the clock. */
  #isBookingDue = false;

  constructor(options: OpenSlicesOptions) {
    this.#options = options;
  }

  /** Of one organisation, or all. */
  of(orgId?: string): Slice[] {
    return this.#entriesOf(orgId).map(({ slice }) => slice);
  }

  isAnyActive(orgId: string): boolean {
    return this.of(orgId).some(({ state }) => state === 'active');
  }

  add(slice: Slice): void {
    const tail = Promise.resolve();
    const bookedMs = this.#options.now();
    this.#entries.set(slice.id, { slice, tail, isQueued: false, failures: 0, bookedMs, notBeforeMs: 0 });
    this.#wakeAt(Math.min(slice.activeUntilMs, bookedMs + keepMs));
  }

  drain(slice: Slice): void {
    if (slice.state === 'draining') return;
    slice.drain();
    this.#options.onDrained(slice);
    this.#wakeAt(this.#options.now() + bookAfterMs);
  }

  /** A request of the slice has ended. */
  noteChange(slice: Slice): void {
    if (slice.isDirty && this.#isBookingDue) return;
    slice.isDirty = true;
    this.#isBookingDue = true;
    this.#wakeAt(this.#options.now() + bookAfterMs);
  }

  /** Carries out `step` when no other step on the slice is under way. */
  inTurn<Answer>(slice: Slice, step: () => Promise<Answer>): Promise<Answer> {
    const entry = this.#entries.get(slice.id);
    return entry === undefined ? step() : append(entry, step);
  }

  /** Books all that changed, now. */
  async bookAll(orgId?: string): Promise<void> {
    await Promise.all(this.#entriesOf(orgId).map((entry) => (entry.slice.isDirty ? this.#book(entry) : entry.tail)));
  }

  /** Ends a slice that may have been taken or not. */
  end(orgId: string, sliceId: string, costs: Readonly<Record<string, number>>): void {
    const { slices, onEnded } = this.#options;
    const nothing = { chargedNanoUsd: 0n, keptNanoUsd: 0n, open: 0, costs, state: 'ended' as const, ttlMs: 1 };
    // Best effort: what stays is forgotten by the store when its time is over.
    slices.book({ orgId, sliceId, ...nothing }).then(
      () => onEnded(sliceId),
      () => onEnded(sliceId),
    );
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #entriesOf(orgId?: string): Entry[] {
    const entries = [...this.#entries.values()];
    return orgId === undefined ? entries : entries.filter(({ slice }) => slice.orgId === orgId);
  }

  #book(entry: Entry): Promise<unknown> {
    if (entry.isQueued) return entry.tail;
    entry.isQueued = true;
    return append(entry, () => this.#send(entry));
  }

  async #send(entry: Entry): Promise<void> {
    const { slice } = entry;
    entry.isQueued = false;
    slice.isDirty = false;
    const booking = slice.toBooking(sliceTtlMs);
    entry.bookedMs = this.#options.now();
    try {
      const isThere = await this.#options.slices.book(booking);
      entry.failures = 0;
      slice.storedNanoUsd = booking.keptNanoUsd;
      if (booking.state === 'ended') this.#remove(slice);
      // The store has lost it: nothing more is admitted from it.
      else if (!isThere) this.drain(slice);
    } catch {
      entry.failures += 1;
      if (entry.failures >= triesMax && booking.state === 'ended') return this.#remove(slice);
      slice.isDirty = true;
      entry.notBeforeMs = this.#options.now() + pauseMs;
      this.#wakeAt(entry.notBeforeMs);
    }
  }

  #remove(slice: Slice): void {
    if (this.#entries.delete(slice.id)) this.#options.onEnded(slice.id);
  }

  #wakeAt(dueMs: number): void {
    if (dueMs >= this.#dueMs) return;
    clearTimeout(this.#timer);
    this.#dueMs = dueMs;
    this.#timer = setTimeout(() => this.#tick(), Math.max(0, dueMs - this.#options.now()));
    this.#timer.unref();
  }

  #tick(): void {
    this.#dueMs = Number.POSITIVE_INFINITY;
    this.#isBookingDue = false;
    const nowMs = this.#options.now();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const entry of this.#entriesOf()) {
      const { slice } = entry;
      if (slice.state === 'active' && nowMs >= slice.activeUntilMs) this.drain(slice);
      if (nowMs >= entry.bookedMs + keepMs) slice.isDirty = true;
      if (slice.isDirty && nowMs >= entry.notBeforeMs) void this.#book(entry);
      else if (slice.isDirty) nextMs = Math.min(nextMs, entry.notBeforeMs);
      nextMs = Math.min(nextMs, Math.max(entry.bookedMs + keepMs, nowMs + 1));
      if (slice.state === 'active') nextMs = Math.min(nextMs, slice.activeUntilMs);
    }
    this.#wakeAt(nextMs);
  }
}

function append<Answer>(entry: Entry, step: () => Promise<Answer>): Promise<Answer> {
  const answer = entry.tail.then(step);
  entry.tail = answer.catch(() => undefined);
  return answer;
}
