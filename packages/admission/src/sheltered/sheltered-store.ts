import { createMemoryAdmissionStore } from '../memory/memory-store.ts';
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
import type { LedgerHolds } from './ledger-holds.ts';
import { shareOf, takeShelteredRate, toShare } from './sheltered-rates.ts';
import { StoreWatch } from './store-watch.ts';

export interface ShelteredAdmissionOptions {
  primary: AdmissionStore;
  ledger: LedgerHolds;
  /** Most processes that share the limits; while the counter store is away each keeps to its part of them. */
  sharedBy: number;
  /** Most requests that are open on holds of the ledger at once. */
  openMax: number;
  /** Called when the counter store goes away, with the reason, and when it is back. */
  onChange(isAway: boolean, error: unknown): void;
  /** Rejects a request beyond `openMax`. */
  refuse(): Error;
}

const doubtfulMax = 1000;

/**
 * A counter store that may go away: until it is back, limits are counted here, each process for its part, and money is held in
 * the ledger, request by request. Nothing is admitted that neither of them holds. While the store is there, nothing is added.
 */
export function createShelteredAdmissionStore(options: ShelteredAdmissionOptions): AdmissionStore {
  return new ShelteredAdmissionStore(options);
}

class ShelteredAdmissionStore implements AdmissionStore {
  readonly #options: ShelteredAdmissionOptions;
  readonly #local = createMemoryAdmissionStore();
  readonly #watch: StoreWatch;
  /** Requests that the ledger holds for. */
  readonly #open = new Set<string>();
  /** Holds that the store was asked for and did not answer: it may have taken them all the same. */
  readonly #doubtful = new Map<string, string>();

  constructor(options: ShelteredAdmissionOptions) {
    this.#options = options;
    this.#watch = new StoreWatch({
      probe: () => options.primary.readEpoch(),
      onChange: (isAway, error) => {
        if (!isAway) this.#releaseDoubtful();
        options.onChange(isAway, error);
      },
    });
  }

  async admit(request: AdmitRequest): Promise<AdmitAnswer> {
    if (!this.#watch.isAway) {
      try {
        return await this.#options.primary.admit(request);
      } catch (error) {
        if (error instanceof RangeError) throw error;
        if (this.#doubtful.size < doubtfulMax) this.#doubtful.set(request.requestId, request.orgId);
        this.#watch.leave(error);
      }
    }
    return this.#admitSheltered(request);
  }

  /**
   * A hold is raised by the part that holds it. If the counter store holds it and is away, this rejects: the ledger cannot
   * add to a hold that it does not have.
   */
  async raiseHold(raise: HoldRaise): Promise<RaiseAnswer> {
    const { primary, ledger } = this.#options;
    if (this.#open.has(raise.requestId)) {
      return { result: 'raised', creditNanoUsd: await ledger.raise(raise) };
    }
    try {
      return await primary.raiseHold(raise);
    } catch (error) {
      if (!(error instanceof RangeError)) this.#watch.leave(error);
      throw error;
    }
  }

  async settle(settlement: HoldSettlement): Promise<void> {
    const { orgId, requestId, actualNanoUsd } = settlement;
    if (!this.#open.delete(requestId)) return this.#options.primary.settle(settlement);
    await this.#local.settle({ ...settlement, actualNanoUsd: 0n });
    // What cost something is charged by its usage event, which ends the hold, too.
    if (actualNanoUsd === 0n) await this.#options.ledger.release({ orgId, requestId });
  }

  async takeRates({ orgId, rates }: { orgId: string; rates: readonly RateLimit[] }): Promise<TakenRates> {
    if (!this.#watch.isAway) {
      try {
        return await this.#options.primary.takeRates({ orgId, rates });
      } catch (error) {
        if (error instanceof RangeError) throw error;
        this.#watch.leave(error);
      }
    }
    return this.#local.takeRates({ orgId, rates: rates.map((limit) => toShare(limit, this.#options.sharedBy)) });
  }

  takeRate(limit: RateLimit): Promise<RateVerdict> {
    const { primary, sharedBy } = this.#options;
    return takeShelteredRate({ primary, local: this.#local, watch: this.#watch, sharedBy }, limit);
  }

  grantCredit(grant: Parameters<AdmissionStore['grantCredit']>[0]): Promise<bigint> {
    return this.#options.primary.grantCredit(grant);
  }

  reclaimCredit(reclaim: Parameters<AdmissionStore['reclaimCredit']>[0]): Promise<bigint> {
    return this.#options.primary.reclaimCredit(reclaim);
  }

  countSlots(request: Parameters<AdmissionStore['countSlots']>[0]): Promise<readonly number[]> {
    return this.#options.primary.countSlots(request);
  }

  readCredit(orgId: string): ReturnType<AdmissionStore['readCredit']> {
    return this.#options.primary.readCredit(orgId);
  }

  get budgets(): BudgetRooms {
    return this.#options.primary.budgets;
  }

  get slices(): CounterSlices {
    return this.#options.primary.slices;
  }

  readEpoch(): Promise<string> {
    return this.#options.primary.readEpoch();
  }

  async close(): Promise<void> {
    this.#watch.close();
    await Promise.all([this.#options.primary.close(), this.#local.close()]);
  }

  async #admitSheltered(request: AdmitRequest): Promise<AdmitAnswer> {
    const { orgId, requestId, holdNanoUsd, holdTtlMs: ttlMs, budgets = [] } = request;
    if (this.#open.size >= this.#options.openMax) throw this.#options.refuse();
    this.#open.add(requestId);
    try {
      const answer = await this.#local.admit(this.#toLocal(request));
      if (answer.result !== 'admitted') {
        this.#open.delete(requestId);
        return answer;
      }
      if (holdNanoUsd === 0n) return answer;
      const hold = { orgId, requestId, holdNanoUsd, ttlMs, budgets };
      return { ...answer, creditNanoUsd: await this.#options.ledger.hold(hold) };
    } catch (error) {
      this.#open.delete(requestId);
      await this.#local.settle({ orgId, requestId, actualNanoUsd: 0n, actualCosts: {} });
      throw error;
    }
  }

  #toLocal(request: AdmitRequest): AdmitRequest {
    const { sharedBy } = this.#options;
    return {
      ...request,
      holdNanoUsd: 0n,
      // The ledger counts them.
      budgets: [],
      rates: request.rates.map((limit) => toShare(limit, sharedBy)),
      concurrency: request.concurrency.map(({ subject, max }) => ({ subject, max: shareOf(max, sharedBy) })),
    };
  }

  #releaseDoubtful(): void {
    const doubtful = [...this.#doubtful];
    this.#doubtful.clear();
    for (const [requestId, orgId] of doubtful) {
      // Best effort: a hold that stays is forgotten by the store when its time is over.
      this.#options.primary.settle({ orgId, requestId, actualNanoUsd: 0n, actualCosts: {} }).catch(() => undefined);
    }
  }
}
