import { setTimeout as waitFor } from 'node:timers/promises';
import { createUuidV7, OpenMap } from '@aggregator/service-kit';
import { checkAdmitRequest, checkRaise, checkSettlement } from '../bounds.ts';
import type {
  AdmissionStore,
  AdmitAnswer,
  AdmitRequest,
  BudgetRooms,
  CounterSlices,
  HoldRaise,
  HoldSettlement,
  RaiseAnswer,
  RateLimit,
  RateVerdict,
  TakenRates,
} from '../port.ts';
import { OpenSlices, sliceTtlMs } from './open-slices.ts';
import { Recalls } from './recalls.ts';
import { leastRequests, type Shelf, Shelves } from './shelf.ts';
import { Slice, type SlicedHold } from './slice.ts';

export interface SlicedAdmissionOptions {
  primary: AdmissionStore;
  /** Sends a message to every process, also to this one: `giveBack` the slices of an organisation. */
  publishRecall(orgId: string): Promise<void>;
  /** Called before a slice is asked for, and when nothing of it is open any more, which may take as long as `ttlMs`. */
  onTaking(sliceId: string, ttlMs: number): void;
  onEnded(sliceId: string): void;
  /** A monotonic clock in milliseconds; `performance.now` by default. */
  now?: () => number;
  /** Waits between two looks at what others give back. */
  wait?: (ms: number) => Promise<void>;
  /** Requests in a second from which on slices are taken; 8 by default. */
  busyFrom?: number;
}

export interface SlicedAdmissionStore extends AdmissionStore {
  /** Gives back what no request holds: of one organisation, or of all. Resolves when the store knows it. */
  giveBack(orgId?: string): Promise<void>;
}

/** A hold of a request: of a slice, or at the store. */
interface Held {
  readonly shelf: Shelf | null;
  readonly sliced: SlicedHold | null;
  /** The shelf counts it as open. */
  isCounted: boolean;
}

const busyFromDefault = 8;
/** How long requests are admitted from one slice. */
const activeMs = 1000;
/** Holds that are known here. Beyond them a request that is asked for twice may be held twice until it ends. */
const heldMax = 100_000;
/** After a refusal of a slice, and after an error. */
const quietMs = 100;

/**
 * The counter store, asked once a second for a caller's requests and not for each of them. Callers with many requests have a slice
 * of their counters in this process; all other requests, and all that a slice does not cover, ask the store. No counter admits more
 * than without slices: what a slice holds is taken from it first. Before a request is refused, every process gives back what it does
 * not use, and the request waits for that for at most 100 ms.
 */
export function createSlicedAdmissionStore(options: SlicedAdmissionOptions): SlicedAdmissionStore {
  return new SlicedStore(options);
}

class SlicedStore implements SlicedAdmissionStore {
  readonly #options: SlicedAdmissionOptions;
  readonly #primary: AdmissionStore;
  readonly #now: () => number;
  readonly #busyFrom: number;
  readonly #shelves = new Shelves();
  readonly #held = new OpenMap<string, Held>();
  readonly #slices: OpenSlices;
  readonly #recalls: Recalls;
  #isClosed = false;

  constructor(options: SlicedAdmissionOptions) {
    this.#options = options;
    this.#primary = options.primary;
    this.#now = options.now ?? (() => performance.now());
    this.#busyFrom = options.busyFrom ?? busyFromDefault;
    const { slices } = options.primary;
    this.#slices = new OpenSlices({
      ...{ slices, now: this.#now, onEnded: options.onEnded },
      onDrained: (slice) => this.#forget(slice),
    });
    const wait = options.wait ?? ((ms: number) => waitFor(ms));
    this.#recalls = new Recalls({ slices, publish: options.publishRecall, now: this.#now, wait });
  }

  async admit(request: AdmitRequest): Promise<AdmitAnswer> {
    checkAdmitRequest(request);
    const nowMs = this.#now();
    const known = this.#findHeld(request.requestId, nowMs);
    if (known !== undefined) return this.#repeat(known, request, nowMs);
    const shelf = this.#shelves.find(request, nowMs);
    const slice = shelf?.active;
    if (shelf == null || slice == null || !slice.covers(request, nowMs)) return this.#admitAtStore(request, shelf);
    this.#held.set(request.requestId, { shelf, sliced: slice.take(request, nowMs), isCounted: true });
    shelf.noteAdmitted(request.holdNanoUsd, nowMs);
    if (slice.isLow(nowMs)) this.#refill(shelf, request, nowMs);
    return slice.toAnswer(request.rates, nowMs);
  }

  async settle(settlement: HoldSettlement): Promise<void> {
    checkSettlement(settlement);
    const held = this.#findHeld(settlement.requestId, this.#now());
    if (held !== undefined) this.#leave(settlement.requestId, held);
    if (held === undefined || held.sliced === null) return this.#primary.settle(settlement);
    held.sliced.slice.end(held.sliced, settlement);
    this.#slices.noteChange(held.sliced.slice);
  }

  async raiseHold(raise: HoldRaise): Promise<RaiseAnswer> {
    checkRaise(raise);
    const held = this.#findHeld(raise.requestId, this.#now());
    const ask = () => (held?.sliced == null ? this.#primary.raiseHold(raise) : this.#raiseSliced(held.sliced, raise));
    const answer = await ask();
    if (answer.result === 'raised' || answer.result === 'absent') return answer;
    return (await this.#recall(raise.orgId)) ? ask() : answer;
  }

  async giveBack(orgId?: string): Promise<void> {
    const nowMs = this.#now();
    const shelves = orgId === undefined ? this.#shelves.all() : this.#shelves.of(orgId);
    for (const shelf of shelves) {
      shelf.quietUntilMs = nowMs + quietMs;
      shelf.isRecalled = shelf.asking !== null;
      if (shelf.active !== null) this.#slices.drain(shelf.active);
    }
    this.#dropExpired(nowMs, orgId);
    await Promise.all(shelves.map(({ asking }) => asking));
    await this.#slices.bookAll(orgId);
  }

  async takeRates(request: { orgId: string; rates: readonly RateLimit[] }): Promise<TakenRates> {
    const answer = await this.#primary.takeRates(request);
    return !answer.isTaken && (await this.#recall(request.orgId)) ? this.#primary.takeRates(request) : answer;
  }

  takeRate(limit: RateLimit): Promise<RateVerdict> {
    return this.#primary.takeRate(limit);
  }

  async grantCredit(grant: Parameters<AdmissionStore['grantCredit']>[0]): Promise<bigint> {
    await this.giveBack(grant.orgId);
    return this.#primary.grantCredit(grant);
  }

  async reclaimCredit(reclaim: Parameters<AdmissionStore['reclaimCredit']>[0]): Promise<bigint> {
    await this.giveBack(reclaim.orgId);
    return this.#primary.reclaimCredit(reclaim);
  }

  async countSlots(request: Parameters<AdmissionStore['countSlots']>[0]): Promise<readonly number[]> {
    await this.giveBack(request.orgId);
    return this.#primary.countSlots(request);
  }

  async readCredit(orgId: string): ReturnType<AdmissionStore['readCredit']> {
    await this.giveBack(orgId);
    return this.#primary.readCredit(orgId);
  }

  get budgets(): BudgetRooms {
    const { grant, read, empty } = this.#primary.budgets;
    return {
      ...{ grant, empty },
      read: async (budget) => {
        await this.giveBack(budget.orgId);
        return read(budget);
      },
    };
  }

  get slices(): CounterSlices {
    return this.#primary.slices;
  }

  readEpoch(): Promise<string> {
    return this.#primary.readEpoch();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.giveBack();
    this.#slices.close();
    await this.#primary.close();
  }

  async #repeat({ sliced }: Held, request: AdmitRequest, nowMs: number): Promise<AdmitAnswer> {
    if (sliced !== null) return sliced.slice.toAnswer(request.rates, nowMs);
    await this.giveBack(request.orgId);
    return this.#primary.admit(request);
  }

  async #admitAtStore(request: AdmitRequest, shelf: Shelf | null): Promise<AdmitAnswer> {
    const { orgId, requestId, holdNanoUsd } = request;
    const held: Held = { shelf, sliced: null, isCounted: false };
    if (this.#held.size < heldMax) this.#held.set(requestId, held);
    let isAdmitted = false;
    try {
      let answer = await this.#primary.admit(request);
      if (answer.result !== 'admitted' && (await this.#recall(orgId))) answer = await this.#primary.admit(request);
      isAdmitted = answer.result === 'admitted';
      return answer;
    } finally {
      // A request that was ended meanwhile has left.
      if (this.#held.get(requestId) === held) {
        if (!isAdmitted) this.#held.delete(requestId);
        else if (shelf !== null) {
          held.isCounted = true;
          shelf.noteAdmitted(holdNanoUsd, this.#now());
          this.#refill(shelf, request, this.#now());
        }
      }
    }
  }

  /** Raises a hold of a slice: from what the slice has free, else at the store, which adds to the slice. */
  #raiseSliced(hold: SlicedHold, raise: HoldRaise): Promise<RaiseAnswer> {
    const { slice } = hold;
    return this.#slices.inTurn(slice, async () => {
      const more = raise.holdNanoUsd - hold.amountNanoUsd;
      if (more <= 0n || slice.grow(hold, more)) return { result: 'raised', creditNanoUsd: slice.creditNanoUsd };
      const holdNanoUsd = slice.storedNanoUsd + more;
      const answer = await this.#primary.raiseHold({ ...raise, requestId: slice.id, holdNanoUsd });
      if (answer.result === 'raised') slice.noteRaise(hold, more, answer.creditNanoUsd);
      return answer;
    });
  }

  /** Asks for the next slice, in the background, if the caller is busy. */
  #refill(shelf: Shelf, request: AdmitRequest, nowMs: number): void {
    const { admitted } = shelf.demand;
    if (shelf.asking !== null || admitted < this.#busyFrom || nowMs < shelf.quietUntilMs || this.#isClosed) return;
    shelf.asking = this.#takeSlice(shelf, request, nowMs);
  }

  async #takeSlice(shelf: Shelf, request: AdmitRequest, nowMs: number): Promise<void> {
    const { orgId, rates, concurrency, budgets = [] } = request;
    const { open, requests, holdNanoUsd } = shelf.demand;
    const sliceId = `slice:${createUuidV7()}`;
    const counters = { rates, concurrency, budgets };
    const asked = { orgId, sliceId, ...counters, activeMs, ttlMs: sliceTtlMs, open, requests, holdNanoUsd };
    this.#options.onTaking(sliceId, request.holdTtlMs + activeMs);
    try {
      const taken = await this.#primary.slices.take({ ...asked, least: leastRequests });
      if (taken === null) {
        this.#options.onEnded(sliceId);
        shelf.quietUntilMs = this.#now() + quietMs;
      } else this.#open(shelf, new Slice(asked, taken, nowMs));
    } catch {
      // It may have been taken all the same.
      shelf.quietUntilMs = this.#now() + quietMs;
      this.#slices.end(orgId, sliceId, Object.fromEntries(rates.map(({ subject }) => [subject, 0])));
    } finally {
      shelf.asking = null;
      shelf.isRecalled = false;
    }
  }

  #open(shelf: Shelf, slice: Slice): void {
    const before = shelf.active;
    shelf.active = slice;
    this.#slices.add(slice);
    if (before !== null) this.#slices.drain(before);
    if (shelf.isRecalled || this.#isClosed) this.#slices.drain(slice);
  }

  /** A slice that drains admits nothing more. */
  #forget(slice: Slice): void {
    for (const shelf of this.#shelves.of(slice.orgId)) if (shelf.active === slice) shelf.active = null;
  }

  async #recall(orgId: string): Promise<boolean> {
    const hadSlices = this.#slices.isAnyActive(orgId);
    await this.giveBack(orgId);
    return (await this.#recalls.recall(orgId)) || hadSlices;
  }

  #findHeld(requestId: string, nowMs: number): Held | undefined {
    const held = this.#held.get(requestId);
    if (held?.sliced == null || nowMs < held.sliced.expiresMs) return held;
    this.#expire(requestId, held, held.sliced);
    return undefined;
  }

  #dropExpired(nowMs: number, orgId?: string): void {
    for (const slice of this.#slices.of(orgId)) {
      if (nowMs < slice.firstExpiryMs) continue;
      for (const [requestId, held] of this.#held) {
        if (held.sliced?.slice === slice && held.sliced.expiresMs <= nowMs) this.#expire(requestId, held, held.sliced);
      }
    }
  }

  #expire(requestId: string, held: Held, sliced: SlicedHold): void {
    this.#leave(requestId, held);
    sliced.slice.expire(sliced);
    this.#slices.noteChange(sliced.slice);
  }

  #leave(requestId: string, held: Held): void {
    this.#held.delete(requestId);
    if (held.isCounted) held.shelf?.noteEnded();
  }
}
