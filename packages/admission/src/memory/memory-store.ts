import { randomUUID } from 'node:crypto';
import {
  toAdmitted,
  toBudgetRefusal,
  toConcurrencyRefusal,
  toCreditRefusal,
  toRateRefusal,
  toRefusedRates,
  toTakenRates,
} from '../answer.ts';
import {
  checkAdmitRequest,
  checkGrant,
  checkMoney,
  checkName,
  checkRaise,
  checkRates,
  checkSettlement,
  checkSlots,
} from '../bounds.ts';
import { type ChargedRate, toMicros } from '../gcra.ts';
import type {
  AdmissionStore,
  AdmitAnswer,
  AdmitRequest,
  BudgetRooms,
  HoldRaise,
  HoldSettlement,
  RaiseAnswer,
  RateLimit,
  RateVerdict,
  TakenRates,
} from '../port.ts';
import { Account } from './account.ts';
import { LocalRates } from './local-rates.ts';
import { MemorySlices } from './memory-slices.ts';
import { RateBuckets } from './rate-buckets.ts';

export interface MemoryAdmissionOptions {
  /** A monotonic clock in milliseconds; `performance.now` by default. */
  now?: () => number;
  /** Most rate buckets kept at once. */
  bucketsMax?: number;
}

const bucketsMaxDefault = 200_000;

/** The counter store inside this process. Its data ends with the process, and its epoch with it. */
export function createMemoryAdmissionStore(options: MemoryAdmissionOptions = {}): AdmissionStore {
  return new MemoryAdmissionStore(options.now ?? (() => performance.now()), options.bucketsMax ?? bucketsMaxDefault);
}

class MemoryAdmissionStore implements AdmissionStore {
  readonly #now: () => number;
  readonly #epoch = randomUUID();
  readonly #accounts = new Map<string, Account>();
  readonly #buckets: RateBuckets;
  readonly #rates: LocalRates;

  readonly budgets: BudgetRooms = {
    grant: async (grant) => {
      checkGrant(grant);
      const now = this.#readClock();
      return (this.#findAccount(grant.orgId, now) ?? this.#makeAccount(grant.orgId)).budgets.grant(grant, now);
    },
    read: async ({ orgId, subject }) => {
      const now = this.#readClock();
      return (this.#findAccount(orgId, now) ?? new Account()).budgets.read(subject, now);
    },
    empty: async ({ orgId, subjects }) => this.#findAccount(orgId, this.#readClock())?.budgets.empty(subjects),
  };

  readonly slices: MemorySlices;

  constructor(now: () => number, bucketsMax: number) {
    this.#now = now;
    this.#rates = new LocalRates({ now, bucketsMax });
    this.#buckets = new RateBuckets(bucketsMax);
    this.slices = new MemorySlices({
      ...{ buckets: this.#buckets, nameBucket, readClock: () => this.#readClock() },
      findAccount: (orgId, nowMicros) => this.#findAccount(orgId, nowMicros),
    });
  }

  async admit(request: AdmitRequest): Promise<AdmitAnswer> {
    checkAdmitRequest(request);
    const now = this.#readClock();
    this.#buckets.sweep(now, request.rates.length + 1);
    const account = this.#findAccount(request.orgId, now);
    const charged = request.rates.map((limit) => this.#charge(nameBucket(request.orgId, limit.subject), limit, now));
    const credit = account?.creditNanoUsd ?? 0n;
    if (account?.hasHold(request.requestId)) return toAdmitted(credit, charged);

    const refusal = toRateRefusal(charged);
    if (refusal !== null) return refusal;
    const occupied = request.concurrency.find(({ subject, max }) => (account?.countSlots(subject) ?? 0) >= max);
    if (occupied !== undefined) return toConcurrencyRefusal(occupied, charged);
    const { budgets = [], holdNanoUsd } = request;
    if (budgets.length > 0) {
      const lacking = (account ?? new Account()).budgets.findLacking(budgets, holdNanoUsd, now);
      if (lacking.length > 0) return toBudgetRefusal(lacking, charged);
    }
    if (holdNanoUsd > credit) return toCreditRefusal(credit, charged);

    this.#take(request.orgId, charged, now);
    (account ?? this.#makeAccount(request.orgId)).open(request.requestId, {
      amountNanoUsd: holdNanoUsd,
      expiresMicros: now + request.holdTtlMs * 1000,
      rates: request.rates,
      slots: request.concurrency,
      budgets,
    });
    return toAdmitted(credit - holdNanoUsd, charged);
  }

  async raiseHold(raise: HoldRaise): Promise<RaiseAnswer> {
    checkRaise(raise);
    const now = this.#readClock();
    const account = this.#findAccount(raise.orgId, now);
    const hold = account?.findHold(raise.requestId);
    if (account === undefined || hold === undefined) return { result: 'absent' };
    const more = raise.holdNanoUsd - hold.amountNanoUsd;
    const lacking = account.budgets.findLacking(raise.budgets ?? [], more, now);
    if (lacking.length > 0) return { result: 'no_budget', lacking };
    if (more > account.creditNanoUsd) return { result: 'no_credit', creditNanoUsd: account.creditNanoUsd };
    if (more > 0n) account.raise(hold, more);
    return { result: 'raised', creditNanoUsd: account.creditNanoUsd };
  }

  async settle(settlement: HoldSettlement): Promise<void> {
    checkSettlement(settlement);
    const now = this.#readClock();
    const account = this.#findAccount(settlement.orgId, now);
    const hold = account?.take(settlement.requestId);
    if (account === undefined || hold === undefined) return;
    const credit = account.creditNanoUsd + hold.amountNanoUsd - settlement.actualNanoUsd;
    account.creditNanoUsd = credit > 0n ? credit : 0n;
    account.budgets.giveBack(hold.budgets, hold.amountNanoUsd - settlement.actualNanoUsd);
    const actualCosts = new Map(Object.entries(settlement.actualCosts));
    for (const limit of hold.rates) {
      const actual = actualCosts.get(limit.subject);
      if (actual === undefined) continue;
      this.#buckets.correct(nameBucket(settlement.orgId, limit.subject), now, limit, actual);
    }
    this.#dropIfEmpty(settlement.orgId, account);
  }

  async grantCredit(grant: { orgId: string; leaseId: string; amountNanoUsd: bigint }): Promise<bigint> {
    checkName(grant.orgId);
    checkName(grant.leaseId);
    checkMoney(grant.amountNanoUsd);
    const now = this.#readClock();
    const account = this.#findAccount(grant.orgId, now) ?? this.#makeAccount(grant.orgId);
    if (account.knowsLease(grant.leaseId, now)) return account.creditNanoUsd;
    checkMoney(account.creditNanoUsd + account.heldNanoUsd + grant.amountNanoUsd);
    account.rememberLease(grant.leaseId, now);
    account.creditNanoUsd += grant.amountNanoUsd;
    return account.creditNanoUsd;
  }

  async reclaimCredit(reclaim: { orgId: string; maxNanoUsd: bigint }): Promise<bigint> {
    checkMoney(reclaim.maxNanoUsd);
    const account = this.#findAccount(reclaim.orgId, this.#readClock());
    if (account === undefined) return 0n;
    const taken = reclaim.maxNanoUsd < account.creditNanoUsd ? reclaim.maxNanoUsd : account.creditNanoUsd;
    account.creditNanoUsd -= taken;
    this.#dropIfEmpty(reclaim.orgId, account);
    return taken;
  }

  async countSlots({ orgId, subjects }: { orgId: string; subjects: readonly string[] }): Promise<readonly number[]> {
    checkName(orgId);
    checkSlots(subjects);
    const account = this.#findAccount(orgId, this.#readClock());
    return subjects.map((subject) => account?.countSlots(subject) ?? 0);
  }

  async readCredit(orgId: string): Promise<{ creditNanoUsd: bigint; heldNanoUsd: bigint; openHolds: number }> {
    const account = this.#findAccount(orgId, this.#readClock());
    return {
      creditNanoUsd: account?.creditNanoUsd ?? 0n,
      heldNanoUsd: account?.heldNanoUsd ?? 0n,
      openHolds: account?.openHolds ?? 0,
    };
  }

  async takeRate(limit: RateLimit): Promise<RateVerdict> {
    return this.#rates.take(limit);
  }

  async takeRates({ orgId, rates }: { orgId: string; rates: readonly RateLimit[] }): Promise<TakenRates> {
    checkName(orgId);
    checkRates(rates);
    const now = this.#readClock();
    this.#buckets.sweep(now, rates.length + 1);
    const charged = rates.map((limit) => this.#charge(nameBucket(orgId, limit.subject), limit, now));
    const refusal = toRefusedRates(charged);
    if (refusal !== null) return refusal;
    this.#take(orgId, charged, now);
    return toTakenRates(charged);
  }

  async readEpoch(): Promise<string> {
    return this.#epoch;
  }

  async close(): Promise<void> {
    this.#accounts.clear();
  }

  #readClock(): number {
    return Math.floor(this.#now() * 1000);
  }

  #take(orgId: string, charged: readonly ChargedRate[], now: number): void {
    for (const rate of charged) {
      this.#buckets.add(nameBucket(orgId, rate.limit.subject), now, rate.micros, rate.limit.ratePerMinute);
      rate.backlogMicros += rate.micros;
    }
  }

  #charge(bucket: string, limit: RateLimit, now: number): ChargedRate {
    return {
      limit,
      micros: toMicros(limit.cost, limit.ratePerMinute),
      backlogMicros: this.#buckets.readBacklog(bucket, now, limit.ratePerMinute),
    };
  }

  #findAccount(orgId: string, now: number): Account | undefined {
    const account = this.#accounts.get(orgId);
    account?.dropExpired(now);
    return account;
  }

  #makeAccount(orgId: string): Account {
    const account = new Account();
    this.#accounts.set(orgId, account);
    return account;
  }

  #dropIfEmpty(orgId: string, account: Account): void {
    if (account.isEmpty) this.#accounts.delete(orgId);
  }
}

/** Buckets of an organisation and those of `takeRate` never meet: no organisation's id holds a line break. */
function nameBucket(orgId: string, subject: string): string {
  return `${orgId}\n${subject}`;
}
