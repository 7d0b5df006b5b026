import { toAdmitted } from '../answer.ts';
import { type ChargedRate, toMicros } from '../gcra.ts';
import type { AdmitAnswer, AdmitRequest, HoldSettlement, RateLimit, SliceBooking, TakenSlice } from '../port.ts';

/** What a request has of a slice. */
export interface SlicedHold {
  readonly slice: Slice;
  amountNanoUsd: bigint;
  readonly rates: readonly RateLimit[];
  readonly expiresMs: number;
}

/** Refilled when less than one of so many parts is left. */
const lowParts = 4n;

/**
 * A slice in the process that took it. It is active until its time is over or another takes its place, and then drains: only the
 * requests that are open have it. Holds no clock and calls nothing. Money is nano-USD.
 */
export class Slice {
  readonly id: string;
  readonly orgId: string;
  readonly activeUntilMs: number;
  /** What the store has of it, as far as is known. */
  storedNanoUsd: bigint;
  creditNanoUsd: bigint;
  state: 'active' | 'draining' = 'active';
  /** No hold expires before this. */
  firstExpiryMs = Number.POSITIVE_INFINITY;
  /** The store may know less than is known here. */
  isDirty = false;
  readonly #takenMs: number;
  readonly #taken: TakenSlice;
  readonly #sizeNanoUsd: bigint;
  readonly #rates: readonly RateLimit[];
  /** Units of each rate that are left, and that were used. */
  readonly #left: number[];
  readonly #used: number[];
  #freeNanoUsd: bigint;
  #heldNanoUsd = 0n;
  #chargedNanoUsd = 0n;
  #open = 0;

  /** @param takenMs from before it was asked for. `holdNanoUsd` and the costs of `rates` are those of one request. */
  constructor(
    {
      sliceId,
      orgId,
      holdNanoUsd,
      rates,
      activeMs,
    }: { sliceId: string; orgId: string; holdNanoUsd: bigint; rates: readonly RateLimit[]; activeMs: number },
    taken: TakenSlice,
    takenMs: number,
  ) {
    this.id = sliceId;
    this.orgId = orgId;
    this.activeUntilMs = takenMs + activeMs;
    this.creditNanoUsd = taken.creditNanoUsd;
    this.#takenMs = takenMs;
    this.#taken = taken;
    this.#sizeNanoUsd = holdNanoUsd * BigInt(taken.open);
    this.storedNanoUsd = this.#sizeNanoUsd;
    this.#freeNanoUsd = this.#sizeNanoUsd;
    this.#rates = rates;
    this.#left = rates.map(({ cost }) => cost * taken.requests);
    this.#used = rates.map(() => 0);
  }

  get open(): number {
    return this.#open;
  }

  /** The counters are the same as those of the request. */
  covers({ holdNanoUsd, rates }: Pick<AdmitRequest, 'holdNanoUsd' | 'rates'>, nowMs: number): boolean {
    if (this.state !== 'active' || nowMs >= this.activeUntilMs) return false;
    if (this.#open >= this.#taken.open || holdNanoUsd > this.#freeNanoUsd) return false;
    for (let index = 0; index < rates.length; index += 1) {
      if ((rates[index]?.cost ?? 0) > (this.#left[index] ?? 0)) return false;
    }
    return true;
  }

  /** Takes what `covers` has found. */
  take({ holdNanoUsd, rates, holdTtlMs }: AdmitRequest, nowMs: number): SlicedHold {
    this.#open += 1;
    this.#freeNanoUsd -= holdNanoUsd;
    this.#heldNanoUsd += holdNanoUsd;
    for (let index = 0; index < rates.length; index += 1) this.#use(index, rates[index]?.cost ?? 0);
    const expiresMs = nowMs + holdTtlMs;
    if (expiresMs < this.firstExpiryMs) this.firstExpiryMs = expiresMs;
    return { slice: this, amountNanoUsd: holdNanoUsd, rates, expiresMs };
  }

  /** The admission of a request, with what its limits have left at the store and here. */
  toAnswer(rates: readonly RateLimit[], nowMs: number): AdmitAnswer {
    const passedMicros = Math.floor((nowMs - this.#takenMs) * 1000);
    const charged = rates.map((limit, index): ChargedRate => {
      const unused = toMicros(Math.max(0, this.#left[index] ?? 0), limit.ratePerMinute);
      const backlogMicros = (this.#taken.backlogsMicros[index] ?? 0) - passedMicros - unused;
      return { limit, micros: 0, backlogMicros: Math.max(0, backlogMicros) };
    });
    return toAdmitted(this.creditNanoUsd, charged);
  }

  /** Raises a hold from what is free; returns false, and changes nothing, if that does not suffice. */
  grow(hold: SlicedHold, moreNanoUsd: bigint): boolean {
    if (this.state !== 'active' || moreNanoUsd > this.#freeNanoUsd) return false;
    this.#freeNanoUsd -= moreNanoUsd;
    this.#heldNanoUsd += moreNanoUsd;
    hold.amountNanoUsd += moreNanoUsd;
    return true;
  }

  /** The store has added to the slice for one of its holds. */
  noteRaise(hold: SlicedHold, moreNanoUsd: bigint, creditNanoUsd: bigint): void {
    this.storedNanoUsd += moreNanoUsd;
    this.creditNanoUsd = creditNanoUsd;
    this.#heldNanoUsd += moreNanoUsd;
    hold.amountNanoUsd += moreNanoUsd;
  }

  end(hold: SlicedHold, { actualNanoUsd, actualCosts }: Pick<HoldSettlement, 'actualNanoUsd' | 'actualCosts'>): void {
    this.#open -= 1;
    this.#heldNanoUsd -= hold.amountNanoUsd;
    this.#chargedNanoUsd += actualNanoUsd;
    this.#freeNanoUsd += hold.amountNanoUsd - actualNanoUsd;
    for (let index = 0; index < hold.rates.length; index += 1) {
      const { subject, cost } = hold.rates[index] ?? { subject: '', cost: 0 };
      if (Object.hasOwn(actualCosts, subject)) this.#use(index, (actualCosts[subject] ?? 0) - cost);
    }
    this.isDirty = true;
  }

  /** Forgets a hold past its time. Its money does not return: the request may have been charged. */
  expire(hold: SlicedHold): void {
    this.end(hold, { actualNanoUsd: hold.amountNanoUsd, actualCosts: {} });
  }

  drain(): void {
    this.state = 'draining';
    this.isDirty = true;
  }

  /** So little of something is left that another slice should be on its way. */
  isLow(nowMs: number): boolean {
    if (nowMs - this.#takenMs > (this.activeUntilMs - this.#takenMs) / 2) return true;
    if (this.#open * 4 > this.#taken.open * 3 || this.#freeNanoUsd * lowParts < this.#sizeNanoUsd) return true;
    return this.#rates.some(({ cost }, index) => (this.#left[index] ?? 0) * 4 < cost * this.#taken.requests);
  }

  toBooking(ttlMs: number): SliceBooking {
    const isActive = this.state === 'active';
    const kept = isActive ? this.#heldNanoUsd + this.#freeNanoUsd : this.#heldNanoUsd;
    const costs: [string, number][] = this.#rates.map(({ subject }, index) => {
      const used = this.#used[index] ?? 0;
      const left = isActive ? Math.max(0, this.#left[index] ?? 0) : 0;
      return [subject, Math.max(0, used + left)];
    });
    return {
      ...{ orgId: this.orgId, sliceId: this.id, chargedNanoUsd: this.#chargedNanoUsd },
      keptNanoUsd: kept > 0n ? kept : 0n,
      open: isActive ? this.#taken.open : this.#open,
      costs: Object.fromEntries(costs),
      ...{ state: isActive || this.#open > 0 ? this.state : 'ended', ttlMs },
    };
  }

  #use(index: number, units: number): void {
    this.#left[index] = (this.#left[index] ?? 0) - units;
    this.#used[index] = (this.#used[index] ?? 0) + units;
  }
}
