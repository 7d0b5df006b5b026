import type { AdmitRequest } from '../port.ts';
import type { Slice } from './slice.ts';

const windowMs = 1000;
/** Fewer requests than this are no slice. */
export const leastRequests = 4;

/** Counters that a request meets: who is limited by what, and how much. */
export type Counters = Pick<AdmitRequest, 'rates' | 'concurrency' | 'budgets'>;

/** Requests that meet the same counters: what they take, and the slice that they take it from. */
export class Shelf {
  readonly orgId: string;
  readonly counters: Counters;
  active: Slice | null = null;
  /** Settled when the slice that is being asked for has come, or will not. */
  asking: Promise<void> | null = null;
  /** What is being asked for is given back when it comes. */
  isRecalled = false;
  /** No slice is asked for until then. */
  quietUntilMs = Number.NEGATIVE_INFINITY;
  open = 0;
  #windowMs = Number.NEGATIVE_INFINITY;
  #now = { admitted: 0, open: 0, dearest: 0n };
  #before = { admitted: 0, open: 0, dearest: 0n };

  constructor(orgId: string, counters: Counters) {
    this.orgId = orgId;
    this.counters = counters;
  }

  get isIdle(): boolean {
    return this.active === null && this.asking === null && this.open === 0;
  }

  /** Counts a request that was admitted, here or at the store. */
  noteAdmitted(holdNanoUsd: bigint, nowMs: number): void {
    if (nowMs - this.#windowMs >= windowMs) {
      this.#before = nowMs - this.#windowMs < 2 * windowMs ? this.#now : { admitted: 0, open: 0, dearest: 0n };
      this.#now = { admitted: 0, open: 0, dearest: 0n };
      this.#windowMs = nowMs;
    }
    this.open += 1;
    this.#now.admitted += 1;
    if (this.open > this.#now.open) this.#now.open = this.open;
    if (holdNanoUsd > this.#now.dearest) this.#now.dearest = holdNanoUsd;
  }

  noteEnded(): void {
    this.open -= 1;
  }

  /** What a slice for the next second has to hold: twice what the last two took. */
  get demand(): { admitted: number; open: number; requests: number; holdNanoUsd: bigint } {
    const [now, before] = [this.#now, this.#before];
    const admitted = Math.max(now.admitted, before.admitted);
    return {
      admitted,
      open: 2 * Math.max(now.open, before.open) + leastRequests,
      requests: 2 * admitted + leastRequests,
      holdNanoUsd: now.dearest > before.dearest ? now.dearest : before.dearest,
    };
  }
}

const shelvesMax = 10_000;
const shelvesOfOrganisationMax = 64;
/** Shelves without use are looked for once in this time, if there are too many. */
const sweepMs = 1000;

/** Shelves by their counters. An organisation has a bounded number of them, and the others ask the store for each request. */
export class Shelves {
  readonly #byOrganisation = new Map<string, Shelf[]>();
  #size = 0;
  #sweptMs = Number.NEGATIVE_INFINITY;

  of(orgId: string): readonly Shelf[] {
    return this.#byOrganisation.get(orgId) ?? [];
  }

  all(): Shelf[] {
    return [...this.#byOrganisation.values()].flat();
  }

  /** Returns the shelf of these counters, made if there is room for it; null if not. */
  find(request: AdmitRequest, nowMs: number): Shelf | null {
    const shelves = this.#byOrganisation.get(request.orgId);
    if (shelves !== undefined) {
      for (const shelf of shelves) if (isSame(shelf.counters, request)) return shelf;
      if (shelves.length >= shelvesOfOrganisationMax) this.#dropIdle(request.orgId, shelves);
      if (shelves.length >= shelvesOfOrganisationMax) return null;
    }
    if (this.#size >= shelvesMax && nowMs - this.#sweptMs >= sweepMs) {
      this.#sweptMs = nowMs;
      for (const [orgId, others] of this.#byOrganisation) this.#dropIdle(orgId, others);
    }
    if (this.#size >= shelvesMax) return null;
    return this.#make(request);
  }

  #make({ orgId, rates, concurrency, budgets = [] }: AdmitRequest): Shelf {
    const shelf = new Shelf(orgId, { rates, concurrency, budgets });
    const shelves = this.#byOrganisation.get(orgId);
    if (shelves === undefined) this.#byOrganisation.set(orgId, [shelf]);
    else shelves.push(shelf);
    this.#size += 1;
    return shelf;
  }

  #dropIdle(orgId: string, shelves: Shelf[]): void {
    const kept = shelves.filter((shelf) => !shelf.isIdle);
    this.#size -= shelves.length - kept.length;
    shelves.splice(0, shelves.length, ...kept);
    if (kept.length === 0) this.#byOrganisation.delete(orgId);
  }
}

/** Names are few and are mostly the same objects, so that this is a comparison of pointers. */
function isSame({ rates, concurrency, budgets = [] }: Counters, request: AdmitRequest): boolean {
  const others = request.budgets ?? [];
  if (rates.length !== request.rates.length || concurrency.length !== request.concurrency.length) return false;
  if (budgets.length !== others.length) return false;
  for (let index = 0; index < rates.length; index += 1) {
    const [one, other] = [rates[index], request.rates[index]];
    if (one?.subject !== other?.subject || one?.ratePerMinute !== other?.ratePerMinute) return false;
  }
  for (let index = 0; index < concurrency.length; index += 1) {
    const [one, other] = [concurrency[index], request.concurrency[index]];
    if (one?.subject !== other?.subject || one?.max !== other?.max) return false;
  }
  for (let index = 0; index < budgets.length; index += 1) {
    const [one, other] = [budgets[index], others[index]];
    if (one?.subject !== other?.subject || one?.limitNanoUsd !== other?.limitNanoUsd) return false;
  }
  return true;
}
