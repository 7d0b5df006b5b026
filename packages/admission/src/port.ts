/**
 * The counter store: one atomic step that decides whether a request may proceed, and what remains afterwards. Every
 * adapter passes the conformance suite beside this file. Money is nano-USD as bigint, below 2⁵³ per organisation,
 * because Redis computes in doubles.
 */
export interface AdmissionStore {
  /**
   * Checks every limit and takes the worst-case cost from every budget and from the organisation's credit: all or nothing, on
   * the store's own clock. Refuses by rate first, then by concurrency, then by budget, then by credit. Asking again with a `requestId` that is still held
   * returns `admitted` and takes nothing more. Numbers that cannot be counted with reject with RangeError.
   */
  admit(request: AdmitRequest): Promise<AdmitAnswer>;

  /**
   * Raises an open hold to `holdNanoUsd`, in one step: takes the difference from the budgets of the hold and from the
   * organisation's credit, or nothing. A hold that is as high already, or higher, stays as it is. Limits are not checked again. `absent`: the hold was settled,
   * expired, or lost with the store.
   */
  raiseHold(raise: HoldRaise): Promise<RaiseAnswer>;

  /**
   * Ends a hold: gives back what was held beyond `actualNanoUsd` (credit never goes below zero, the room of a budget
   * may), corrects token limits by
   * `actualCosts`, frees the concurrency slots. What comes back to a rate can be used again at once, but a bucket never
   * holds more than its burst; an overrun leaves a debt of one hour at most. A hold that is not there (settled before,
   * past its time, or lost with the store) changes nothing.
   */
  settle(settlement: HoldSettlement): Promise<void>;

  /** Adds leased credit, once for each `leaseId` within 24 hours. Answers the credit afterwards. */
  grantCredit(grant: { orgId: string; leaseId: string; amountNanoUsd: bigint }): Promise<bigint>;

  /** Takes back up to `maxNanoUsd` of idle credit; answers how much it took. */
  reclaimCredit(reclaim: { orgId: string; maxNanoUsd: bigint }): Promise<bigint>;

  /** How many open holds have a slot of each subject, in the order of `subjects`: 1 to 32, none twice. */
  countSlots(request: { orgId: string; subjects: readonly string[] }): Promise<readonly number[]>;

  /** Credit that is free, credit that open holds have taken, and how many holds are open. */
  readCredit(orgId: string): Promise<{ creditNanoUsd: bigint; heldNanoUsd: bigint; openHolds: number }>;

  /**
   * Takes `cost` from one rate limit and nothing else; for what is not an AI request. Its subjects are apart from those of
   * `admit`, which belong to an organisation.
   */
  takeRate(limit: RateLimit): Promise<RateVerdict>;

  /**
   * Takes the costs of several rates of an organisation, the same as those of `admit`: all of them, or none if one has no
   * room. Takes no money and no slot.
   */
  takeRates(request: { orgId: string; rates: readonly RateLimit[] }): Promise<TakenRates>;

  /**
   * Changes whenever the store may have lost data: restart, FLUSHALL, fail-over to a replica, which may lack the last
   * writes. Credit of an earlier epoch that is still there may have been spent. Stays the same otherwise.
   */
  readEpoch(): Promise<string>;

  /** What budgets have left at the store. */
  readonly budgets: BudgetRooms;

  /** What one process takes of the counters to admit from by itself. */
  readonly slices: CounterSlices;

  close(): Promise<void>;
}

/**
 * Room of budgets: what the ledger has allotted to the store and no hold or charge has taken yet. A budget whose room was
 * never granted, or was lost with the store, has none. Numbers that cannot be counted with reject with RangeError.
 */
export interface BudgetRooms {
  /** Adds room. Returns false, and changes nothing, if a grant of this revision or of a later one was taken before. */
  grant(grant: BudgetGrant): Promise<boolean>;

  /** All zero if the store knows nothing of the budget. */
  read(budget: { orgId: string; subject: string }): Promise<BudgetRoom>;

  /** Takes away all room of these budgets; open holds stay, and what they give back is room again. */
  empty(budgets: { orgId: string; subjects: readonly string[] }): Promise<void>;
}

export interface BudgetGrant {
  orgId: string;
  /** Names the budget and its period. */
  subject: string;
  amountNanoUsd: bigint;
  /** All that the ledger has allotted of the budget, this grant included: what is not room counts as used. */
  allottedNanoUsd: bigint;
  /** Grows with each grant of the subject. */
  revision: bigint;
  /** After this the store forgets the subject; longer than any hold of its period. Null: never. */
  ttlMs: number | null;
}

export interface BudgetRoom {
  roomNanoUsd: bigint;
  heldNanoUsd: bigint;
  /** Of the last grant that was taken. */
  revision: bigint;
}

/** A budget that a hold counts in. */
export interface BudgetLimit {
  subject: string;
  /** What is used and held, with the hold, is never more. */
  limitNanoUsd: bigint;
}

/**
 * A GCRA bucket: `ratePerMinute` sustained, with a burst of the same size. If a caller names another rate than before, the units that were
 * taken stay taken.
 */
export interface RateLimit {
  /** Who is limited by what, as `key:<id>:requests`. Low-entropy names only; no personal data. */
  subject: string;
  ratePerMinute: number;
  /** Units this request takes now. More than `ratePerMinute` can never be admitted. */
  cost: number;
}

export interface RateVerdict {
  subject: string;
  isAllowed: boolean;
  limit: number;
  /** Whole units left right now. */
  remaining: number;
  /** Until the bucket is full again. */
  resetMs: number;
  /** Until the same cost would be allowed; 0 when it was; null when it never will be. */
  retryAfterMs: number | null;
}

export interface AdmitRequest {
  orgId: string;
  /** Unique per hold; `<requestId>/<attempt>` is not meant, a request is held once. */
  requestId: string;
  holdNanoUsd: bigint;
  rates: readonly RateLimit[];
  concurrency: readonly { subject: string; max: number }[];
  /** Absent: none. A hold of nothing is not counted in them. */
  budgets?: readonly BudgetLimit[];
  /**
   * After this the store forgets the hold and its slots, so a crash cannot leak them; longer than any request. The money
   * does not come back as credit, since the request may have been charged: it stays in the ledger's lease until billing
   * reclaims it there.
   */
  holdTtlMs: number;
}

export type TakenRates =
  | { isTaken: true; rates: readonly RateVerdict[] }
  /** `subject` is the one that takes longest. */
  | { isTaken: false; rates: readonly RateVerdict[]; subject: string; retryAfterMs: number | null };

export type AdmitAnswer =
  /** `creditNanoUsd`: what is left for others. */
  | { result: 'admitted'; creditNanoUsd: bigint; rates: readonly RateVerdict[] }
  /** `subject` is the one that takes longest. */
  | { result: 'rate_limited'; rates: readonly RateVerdict[]; subject: string; retryAfterMs: number | null }
  | { result: 'concurrency_limited'; subject: string; max: number; rates: readonly RateVerdict[] }
  /** `lacking`: subjects of all budgets that have too little room. The ledger may have more of them. */
  | { result: 'no_budget'; lacking: readonly string[]; rates: readonly RateVerdict[] }
  | { result: 'no_credit'; creditNanoUsd: bigint; rates: readonly RateVerdict[] };

export interface HoldRaise {
  orgId: string;
  requestId: string;
  /** The whole hold afterwards. */
  holdNanoUsd: bigint;
  /** Those that the request was admitted with; absent: none. */
  budgets?: readonly BudgetLimit[];
}

export type RaiseAnswer =
  /** `creditNanoUsd`: what is left for others. */
  | { result: 'raised'; creditNanoUsd: bigint }
  | { result: 'no_budget'; lacking: readonly string[] }
  | { result: 'no_credit'; creditNanoUsd: bigint }
  | { result: 'absent' };

export interface HoldSettlement {
  orgId: string;
  requestId: string;
  actualNanoUsd: bigint;
  /** Units to book on a rate in place of the cost it was admitted with, by subject. */
  actualCosts: Readonly<Record<string, number>>;
}

/**
 * Slices: a process takes a part of what the counters of a caller have left, and admits requests from it by itself. A slice is a
 * hold at the store, so what is lost with its process is stranded until it expires, and never comes back as credit. No slice takes
 * more than a fourth of what any counter has left: near the end of a counter each request asks the store.
 */
export interface CounterSlices {
  /**
   * Takes a slice for as many requests as there is room for. Returns null, and takes nothing, if the least is more than a fourth
   * of what a counter has left, or if the organisation's slices were recalled a moment ago.
   */
  take(request: SliceRequest): Promise<TakenSlice | null>;

  /**
   * Notes what became of a slice: what was charged of it and what it keeps. The rest is credit again. A booking holds all figures
   * of the slice, so one that was lost is made good by the next. Returns false if the store does not have the slice.
   */
  book(booking: SliceBooking): Promise<boolean>;

  /**
   * Gives no slice of an organisation for a moment, and returns how many slices may have something left that no request
   * holds. The caller sends a message to each process that may have one.
   */
  recall(orgId: string): Promise<number>;
}

export interface SliceRequest {
  orgId: string;
  sliceId: string;
  /** Requests that may be open at once: so often the hold and the slots are taken. */
  open: number;
  /** Requests in all: so often the costs of rates are taken. */
  requests: number;
  /** Fewer than this, of either, is no slice. */
  least: number;
  /** Of one request. */
  holdNanoUsd: bigint;
  /** With the costs of one request. */
  rates: readonly RateLimit[];
  concurrency: readonly { subject: string; max: number }[];
  budgets: readonly BudgetLimit[];
  /** After this the slice counts as given back. */
  activeMs: number;
  /** After this the store forgets the slice, as a hold, unless it is booked before. */
  ttlMs: number;
}

export interface TakenSlice {
  open: number;
  requests: number;
  /** What others have left. */
  creditNanoUsd: bigint;
  /** Of each rate, with the slice. */
  backlogsMicros: readonly number[];
}

export interface SliceBooking {
  orgId: string;
  sliceId: string;
  /** Since it was taken. */
  chargedNanoUsd: bigint;
  /** What is left of it to requests. */
  keptNanoUsd: bigint;
  /** Slots that it keeps. */
  open: number;
  /** Units to book on each rate in place of those that were taken, by subject. */
  costs: Readonly<Record<string, number>>;
  /** `active`: it may have something left; `draining`: only open requests have it; `ended`: the store forgets it. */
  state: 'active' | 'draining' | 'ended';
  /** From now on. */
  ttlMs: number;
}
