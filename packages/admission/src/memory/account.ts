import { OpenMap } from '@aggregator/service-kit';
import { leaseMemoryMs } from '../bounds.ts';
import type { AdmitRequest, BudgetLimit, RateLimit } from '../port.ts';
import { MemoryBudgetRooms } from './budget-rooms.ts';

export interface Hold {
  amountNanoUsd: bigint;
  expiresMicros: number;
  rates: readonly RateLimit[];
  slots: AdmitRequest['concurrency'];
  budgets: readonly BudgetLimit[];
  /** Only of a slice. */
  slice?: SliceState;
}

export interface SliceState {
  /** Slots that it has, and requests that may be open. */
  open: number;
  chargedNanoUsd: bigint;
  /** It may have something left until then. */
  activeUntilMicros: number;
  /** Units of each of the rates, in their order. */
  units: number[];
}

/** One organisation's credit, open holds and occupied concurrency slots. */
export class Account {
  creditNanoUsd = 0n;
  heldNanoUsd = 0n;
  readonly budgets = new MemoryBudgetRooms();
  readonly #holds = new OpenMap<string, Hold>();
  readonly #slots = new Map<string, number>();
  readonly #leases = new Map<string, number>();
  /** Sum of what slices have open beside one each. */
  #beside = 0;
  /** No slice is taken until then. */
  recalledUntilMicros = 0;
  /** No open hold expires before this. */
  #quietUntilMicros = Number.POSITIVE_INFINITY;

  /** A slice counts as the requests that may be open in it. */
  get openHolds(): number {
    return this.#holds.size + this.#beside;
  }

  /** Slices that may have something left. */
  countActiveSlices(nowMicros: number): number {
    let count = 0;
    for (const { slice } of this.#holds.values())
      if (slice !== undefined && slice.activeUntilMicros > nowMicros) count += 1;
    return count;
  }

  get isEmpty(): boolean {
    return this.creditNanoUsd === 0n && this.#holds.size === 0 && this.#leases.size === 0 && this.budgets.isEmpty;
  }

  hasHold(requestId: string): boolean {
    return this.#holds.has(requestId);
  }

  findHold(requestId: string): Hold | undefined {
    return this.#holds.get(requestId);
  }

  countSlots(subject: string): number {
    return this.#slots.get(subject) ?? 0;
  }

  open(requestId: string, hold: Hold): void {
    this.creditNanoUsd -= hold.amountNanoUsd;
    this.heldNanoUsd += hold.amountNanoUsd;
    this.#holds.set(requestId, hold);
    this.budgets.hold(hold.budgets, hold.amountNanoUsd);
    const open = hold.slice?.open ?? 1;
    this.#beside += open - 1;
    this.#changeSlots(hold, open);
    this.#quietUntilMicros = Math.min(this.#quietUntilMicros, hold.expiresMicros);
  }

  /** Raises an open hold by `moreNanoUsd`, which the credit and the budgets must cover. */
  raise(hold: Hold, moreNanoUsd: bigint): void {
    hold.amountNanoUsd += moreNanoUsd;
    this.creditNanoUsd -= moreNanoUsd;
    this.heldNanoUsd += moreNanoUsd;
    this.budgets.hold(hold.budgets, moreNanoUsd);
  }

  /** Ends a hold: its slots are free and its money is no longer held. What becomes of the money is the caller's to say. */
  take(requestId: string): Hold | undefined {
    const hold = this.#holds.get(requestId);
    if (hold === undefined) return undefined;
    this.#holds.delete(requestId);
    this.heldNanoUsd -= hold.amountNanoUsd;
    this.budgets.unhold(hold.budgets, hold.amountNanoUsd);
    const open = hold.slice?.open ?? 1;
    this.#beside -= open - 1;
    this.#changeSlots(hold, -open);
    return hold;
  }

  /** Leaves a slice with another amount and number of slots. What becomes of the difference is the caller's to say. */
  resize(hold: Hold, slice: SliceState, { keptNanoUsd, open }: { keptNanoUsd: bigint; open: number }): void {
    this.heldNanoUsd += keptNanoUsd - hold.amountNanoUsd;
    this.budgets.unhold(hold.budgets, hold.amountNanoUsd - keptNanoUsd);
    hold.amountNanoUsd = keptNanoUsd;
    this.#beside += open - slice.open;
    this.#changeSlots(hold, open - slice.open);
    slice.open = open;
  }

  #changeSlots({ slots }: Hold, count: number): void {
    for (const { subject } of slots) {
      const occupied = this.countSlots(subject) + count;
      if (occupied > 0) this.#slots.set(subject, occupied);
      else this.#slots.delete(subject);
    }
  }

  /** Forgets holds past their time. Their money does not return: the request may have been charged. */
  dropExpired(nowMicros: number): void {
    if (nowMicros < this.#quietUntilMicros) return;
    this.#quietUntilMicros = Number.POSITIVE_INFINITY;
    for (const [requestId, hold] of this.#holds) {
      if (hold.expiresMicros <= nowMicros) this.take(requestId);
      else this.#quietUntilMicros = Math.min(this.#quietUntilMicros, hold.expiresMicros);
    }
  }

  knowsLease(leaseId: string, nowMicros: number): boolean {
    const forgetMicros = this.#leases.get(leaseId);
    return forgetMicros !== undefined && forgetMicros > nowMicros;
  }

  /** Keeps the lease's id for a day, and drops those that were kept so long: they are in their order of arrival. */
  rememberLease(leaseId: string, nowMicros: number): void {
    for (const [oldest, forgetMicros] of this.#leases) {
      if (forgetMicros > nowMicros) break;
      this.#leases.delete(oldest);
    }
    this.#leases.set(leaseId, nowMicros + leaseMemoryMs * 1000);
  }
}
