import { checkName, checkSlice, checkSliceBooking, recallMs, sliceShares } from '../bounds.ts';
import { burstMicros, toMicros } from '../gcra.ts';
import type { CounterSlices, SliceBooking, SliceRequest, TakenSlice } from '../port.ts';
import type { Account } from './account.ts';
import type { RateBuckets } from './rate-buckets.ts';

/** Parts of the store that slices are taken from. */
export interface SliceSource {
  readonly buckets: RateBuckets;
  nameBucket(orgId: string, subject: string): string;
  readClock(): number;
  findAccount(orgId: string, nowMicros: number): Account | undefined;
}

/** Slices of the counters in this process. */
export class MemorySlices implements CounterSlices {
  readonly #source: SliceSource;

  constructor(source: SliceSource) {
    this.#source = source;
  }

  async take(request: SliceRequest): Promise<TakenSlice | null> {
    checkSlice(request);
    const { buckets, nameBucket, readClock, findAccount } = this.#source;
    const nowMicros = readClock();
    const account = findAccount(request.orgId, nowMicros);
    if (account === undefined || account.recalledUntilMicros > nowMicros) return null;
    const open = Math.min(request.open, openThatFit(account, request, nowMicros));
    const taken = request.rates.map((limit) => {
      const backlogMicros = buckets.readBacklog(
        nameBucket(request.orgId, limit.subject),
        nowMicros,
        limit.ratePerMinute,
      );
      return { limit, backlogMicros, micros: toMicros(limit.cost, limit.ratePerMinute) };
    });
    let requests = request.requests;
    for (const { backlogMicros, micros } of taken) {
      if (micros > 0) requests = Math.min(requests, fits(burstMicros - backlogMicros, micros));
    }
    if (open < request.least || requests < request.least) return null;
    for (const { limit, micros } of taken) {
      buckets.add(nameBucket(request.orgId, limit.subject), nowMicros, requests * micros, limit.ratePerMinute);
    }
    account.open(request.sliceId, {
      amountNanoUsd: request.holdNanoUsd * BigInt(open),
      expiresMicros: nowMicros + request.ttlMs * 1000,
      rates: request.rates,
      slots: request.concurrency,
      budgets: request.budgets,
      slice: {
        ...{ open, chargedNanoUsd: 0n, activeUntilMicros: nowMicros + request.activeMs * 1000 },
        units: request.rates.map(({ cost }) => cost * requests),
      },
    });
    const backlogsMicros = taken.map(({ backlogMicros, micros }) => backlogMicros + requests * micros);
    return { open, requests, creditNanoUsd: account.creditNanoUsd, backlogsMicros };
  }

  async book(booking: SliceBooking): Promise<boolean> {
    checkSliceBooking(booking);
    const { buckets, nameBucket, readClock, findAccount } = this.#source;
    const { orgId, sliceId, chargedNanoUsd, keptNanoUsd, state, ttlMs } = booking;
    const nowMicros = readClock();
    const account = findAccount(orgId, nowMicros);
    const hold = account?.findHold(sliceId);
    const slice = hold?.slice;
    if (account === undefined || hold === undefined || slice === undefined) return false;
    const back = hold.amountNanoUsd - (chargedNanoUsd - slice.chargedNanoUsd) - keptNanoUsd;
    const credit = account.creditNanoUsd + back;
    account.creditNanoUsd = credit > 0n ? credit : 0n;
    account.budgets.giveBack(hold.budgets, back);
    slice.chargedNanoUsd = chargedNanoUsd;
    account.resize(hold, slice, { keptNanoUsd, open: state === 'ended' ? slice.open : booking.open });
    hold.rates.forEach(({ subject, ratePerMinute }, index) => {
      const units = booking.costs[subject];
      if (units === undefined) return;
      buckets.correct(nameBucket(orgId, subject), nowMicros, { cost: slice.units[index] ?? 0, ratePerMinute }, units);
      slice.units[index] = units;
    });
    hold.expiresMicros = nowMicros + ttlMs * 1000;
    if (state !== 'active') slice.activeUntilMicros = 0;
    if (state === 'ended') account.take(sliceId);
    return true;
  }

  async recall(orgId: string): Promise<number> {
    checkName(orgId);
    const nowMicros = this.#source.readClock();
    const account = this.#source.findAccount(orgId, nowMicros);
    if (account === undefined) return 0;
    account.recalledUntilMicros = nowMicros + recallMs * 1000;
    return account.countActiveSlices(nowMicros);
  }
}

/** Requests whose money and slots the fourth part of what is left covers. */
function openThatFit(account: Account, request: SliceRequest, nowMicros: number): number {
  let open = Number.POSITIVE_INFINITY;
  for (const { subject, max } of request.concurrency) open = Math.min(open, fits(max - account.countSlots(subject), 1));
  if (request.holdNanoUsd === 0n) return open;
  const budget = account.budgets.leastLeft(request.budgets, nowMicros);
  const left = budget !== null && budget < account.creditNanoUsd ? budget : account.creditNanoUsd;
  const share = left > 0n ? left / BigInt(sliceShares) / request.holdNanoUsd : 0n;
  return share < BigInt(Number.MAX_SAFE_INTEGER) ? Math.min(open, Number(share)) : open;
}

function fits(left: number, cost: number): number {
  return Math.floor(Math.max(left, 0) / sliceShares / cost);
}
